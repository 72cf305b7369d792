//! Files to send where none is given: a page of PDF, and data of a seed.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Bytes of the file of data.
const DATA_BYTES: usize = 5_000_000;
const SEED: u64 = 20_161_102;

/// Makes both files.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let page = folder.join("Công văn thí dụ.pdf");
    std::fs::write(&page, pdf())?;
    let data = folder.join("Số liệu kèm theo.dat");
    let mut out = BufWriter::new(File::create(&data)?);
    let mut state = SEED;
    for _ in 0..DATA_BYTES / 8 {
        out.write_all(&random(&mut state).to_le_bytes())?;
    }
    out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(vec![page, data])
}

/// The next number of splitmix64, a generator of three lines.
fn random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

/// A PDF of one page. Its font is one that every reader has; such fonts lack
/// Vietnamese letters, so the page is in English.
pub fn pdf() -> Vec<u8> {
    let text = "BT /F1 16 Tf 72 760 Td 22 TL (lienthong) Tj T* \
                (This page was made for a demonstration.) Tj T* \
                (It went from H99.01 to 000.00.00.G22 over a test axis.) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
         /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    // The second line tells programs that transfer files that this is not text.
    let mut pdf = b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (number, object) in (1..).zip(&objects) {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let start = pdf.len();
    let size = objects.len() + 1;
    let end = format!(
        "xref\n0 {size}\n{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf.extend(end.bytes());
    pdf
}
