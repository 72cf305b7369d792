//! The arguments of the commands.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::SystemTime;

use clap::{Args, Parser, Subcommand, ValueEnum};
use lienthong::packet::{CheckOptions, Profile, ReadOptions};
use lienthong::signature::Policy;
use lienthong::{Config, Language};

use super::failure::Failure;
use super::{Exit, Session};
use crate::rebuild::Flavour;

const VIETNAMESE: &str = "\
Tiếng Việt:
  demo [TỆP…]                        gửi tệp từ tỉnh tới Văn phòng Chính phủ qua
                                     trục thử nghiệm, nhận lại trạng thái
  check GÓI_TIN…                     đọc và kiểm tra gói tin
  check --codes                      bảng mã phát hiện
  verify GÓI_TIN --trust THƯ_MỤC      xét chữ ký và niêm phong của gói tin
  extract GÓI_TIN --out THƯ_MỤC      lấy các tệp kèm ra thư mục
  build META.json --attach TỆP… --out GÓI_TIN
                                     tạo gói tin từ JSON và các tệp
  sign GÓI_TIN --key TỆP --cert TỆP [--seal] --out GÓI_TIN
                                     ký (và niêm phong) gói tin
  run [--out THƯ_MỤC] -- PHẦN_MỀM …  chạy bộ kiểm thử hợp quy
  axis --system ID=KHÓA:CƠ_QUAN,…    chạy trục liên thông thử nghiệm
       [--office]                    có thêm Văn phòng Chính phủ mô phỏng
Mã thoát: 0 không có lỗi; 1 có lỗi; 2 lời gọi sai hoặc thiếu tệp.";

/// Reads, checks, takes apart and builds packets of the national document axis.
#[derive(Debug, Parser)]
#[command(
    name = "lienthong-conformance",
    version,
    after_help = VIETNAMESE,
    disable_help_subcommand = true
)]
pub(super) struct Arguments {
    /// The language of messages; by default that of the locale.
    #[arg(long, global = true, value_name = "en|vi", value_parser = language)]
    pub(super) lang: Option<Language>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Send files from a province to the Office over a test axis, and its
    /// statuses back.
    Demo(DemoArguments),
    /// Read packets and say what is odd or wrong with them.
    Check(CheckArguments),
    /// Say what the signatures of a packet are worth.
    Verify(VerifyArguments),
    /// Write the attachments of a packet into a folder.
    Extract(ExtractArguments),
    /// Build a packet from JSON and files.
    Build(BuildArguments),
    /// Sign a packet, and seal it where asked.
    Sign(SignArguments),
    /// Run a test axis, to which any product can be pointed.
    Axis(AxisArguments),
    /// Run the suite against a connector, packets or an axis.
    Run(Box<RunArguments>),
    /// Show what changed between two reports of the suite.
    Diff(DiffArguments),
    /// Write the generated reference pages.
    #[command(hide = true)]
    Docs(DocsArguments),
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// The packets.
    #[arg(value_name = "PACKET", required_unless_present = "codes")]
    pub(super) packets: Vec<PathBuf>,
    /// Print the table of finding codes instead.
    #[arg(long, conflicts_with_all = ["packets", "sending"])]
    pub(super) codes: bool,
    /// Text, or one JSON object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Weigh findings as for a packet about to be sent, not one received.
    #[arg(long)]
    pub(super) sending: bool,
    #[command(flatten)]
    pub(super) rules: Rules,
}

#[derive(Debug, Args)]
pub(super) struct VerifyArguments {
    /// The packet.
    pub(super) packet: PathBuf,
    /// The folder of trusted certificates (.pem, .crt, .cer) and revocation lists (.crl).
    #[arg(long, value_name = "DIR")]
    pub(super) trust: Option<PathBuf>,
    /// Which certificates belong to which organs, see docs/trust.md.
    #[arg(long, value_name = "FILE")]
    pub(super) organs: Option<PathBuf>,
    /// The time for which trust is judged, e.g. 2026-11-22T08:00:00+07:00, or a day for its
    /// first moment in Vietnam; by default now.
    #[arg(long, value_name = "TIME", value_parser = instant)]
    pub(super) at: Option<SystemTime>,
    /// What has to be proven: record, require-seal, require-packet or strict.
    #[arg(long, value_name = "POLICY", default_value = "strict")]
    pub(super) policy: Policy,
    /// Text, or one JSON object.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) rules: Rules,
}

#[derive(Debug, Args)]
pub(super) struct SignArguments {
    /// The packet.
    pub(super) packet: PathBuf,
    /// The private key: PEM, DER or PKCS#12.
    #[arg(long, value_name = "FILE")]
    pub(super) key: PathBuf,
    /// The certificate, and those that lead to its anchor; a PKCS#12 file holds its own.
    #[arg(long, value_name = "FILE")]
    pub(super) cert: Option<PathBuf>,
    /// A file whose first line is the key's password.
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
    /// Add a seal (niêm phong) as an attachment before signing.
    #[arg(long)]
    pub(super) seal: bool,
    /// The signed packet.
    #[arg(long, value_name = "PACKET")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) rules: Rules,
}

#[derive(Debug, Args)]
pub(super) struct ExtractArguments {
    /// The packet.
    pub(super) packet: PathBuf,
    /// The folder for the files; it is made where it is missing.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Text, or one JSON object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Keep the ZIP in which a file travelled beside the file.
    #[arg(long)]
    pub(super) raw: bool,
    #[command(flatten)]
    pub(super) rules: Rules,
}

#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// The document or status as JSON: the value of `document` or `status` in
    /// the output of check, or that whole line.
    #[arg(value_name = "META.json")]
    pub(super) meta: PathBuf,
    /// Files to attach, in this order.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub(super) attach: Vec<PathBuf>,
    /// The packet to write.
    #[arg(long, value_name = "PACKET")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) rules: Rules,
}

/// `Debug` is not derived: a system holds its secret.
#[derive(Args)]
pub(super) struct AxisArguments {
    /// Where to listen; by default a free port of 127.0.0.1.
    #[arg(long, value_name = "ADDR")]
    pub(super) listen: Option<SocketAddr>,
    /// The configuration, see docs/test-axis.md.
    #[arg(long, value_name = "axis.toml")]
    pub(super) config: Option<PathBuf>,
    /// The folder for packets and queues; without it they end with the program.
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// A system that may call, its secret, and the organs it serves.
    #[arg(long, value_name = "ID=SECRET:ORGAN,ORGAN…")]
    pub(super) system: Vec<String>,
    /// Add the simulated Office of the Government, unless a system has its organ.
    #[arg(long)]
    pub(super) office: bool,
}

impl fmt::Debug for AxisArguments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AxisArguments")
            .field("listen", &self.listen)
            .field("systems", &self.system.len())
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Args)]
pub(super) struct DemoArguments {
    /// The files to send; without any, a PDF and 5 MB of data are made.
    #[arg(value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// How the axis rebuilds packets: as-seen, 0.0.3 or off.
    #[arg(long, value_name = "FLAVOUR", default_value = "as-seen", value_parser = flavour)]
    pub(super) rebuild: Flavour,
    /// Instead of files: read the packets of a folder (.edxml, .xml), and send
    /// on those that may be sent.
    #[arg(long, value_name = "DIR", conflicts_with = "files")]
    pub(super) packets: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct DocsArguments {
    /// The folder of the pages.
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Only say whether the pages there are the current ones.
    #[arg(long)]
    pub(super) check: bool,
}

/// By what a packet is judged.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// The axis a packet is meant for: national or provincial.
    #[arg(long, value_name = "PROFILE", default_value = "national", value_parser = profile)]
    profile: Profile,
    /// Set a configuration key, e.g. packet.max_attachment_size=100000000.
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
}

impl Rules {
    /// The configuration with every `--set`.
    pub(super) fn config(&self) -> Result<Config, Failure> {
        let mut config = Config::new();
        for setting in &self.settings {
            let Some((key, value)) = setting.split_once('=') else {
                return Err(Failure::new(
                    Exit::Usage,
                    format!("--set {setting}: no '=' in it; write --set KEY=VALUE."),
                    format!("--set {setting}: thiếu dấu '='; cần viết --set KHÓA=GIÁ_TRỊ."),
                ));
            };
            config
                .set(key.trim(), value)
                .map_err(|error| Failure::library(Exit::Usage, "--set", &error))?;
        }
        Ok(config)
    }

    /// The limits of reading and the options of the check.
    pub(super) fn options(
        &self,
        sending: bool,
        session: &Session<'_>,
    ) -> Result<(ReadOptions, CheckOptions), Failure> {
        let config = self.config()?;
        let mut check = CheckOptions::from_config(&config);
        check.profile = self.profile;
        check.sending = sending;
        check.today = session.today;
        Ok((ReadOptions::from_config(&config), check))
    }
}

/// How a command answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs: one object a line.
    Json,
}

/// RFC 3339 with its offset, or a day.
fn instant(word: &str) -> Result<SystemTime, &'static str> {
    parse_instant(word).ok_or("write a time as 2026-11-22T08:00:00+07:00, or a day as 2026-11-22")
}

fn parse_instant(word: &str) -> Option<SystemTime> {
    let (day, rest) = word.split_at_checked(10)?;
    let number = |text: &str| -> Option<u32> {
        text.bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| text.parse().ok())?
    };
    let [year, month, day] = <[&str; 3]>::try_from(day.split('-').collect::<Vec<_>>()).ok()?;
    let month = time::Month::try_from(u8::try_from(number(month)?).ok()?).ok()?;
    let date = time::Date::from_calendar_date(
        i32::try_from(number(year)?).ok()?,
        month,
        u8::try_from(number(day)?).ok()?,
    )
    .ok()?;
    let (clock, offset) = if rest.is_empty() {
        ("00:00:00", "+07:00")
    } else {
        let rest = rest.strip_prefix('T')?;
        rest.split_at_checked(8)?
    };
    let [hour, minute, second] =
        <[&str; 3]>::try_from(clock.split(':').collect::<Vec<_>>()).ok()?;
    let part = |text| u8::try_from(number(text)?).ok();
    let time = time::Time::from_hms(part(hour)?, part(minute)?, part(second)?).ok()?;
    let offset = match offset.split_at_checked(1)? {
        ("Z", "") => time::UtcOffset::UTC,
        (sign, rest) => {
            let (hours, minutes) = rest.split_once(':')?;
            let sign = match sign {
                "+" => 1,
                "-" => -1,
                _ => return None,
            };
            let hours = i8::try_from(number(hours)?).ok()?;
            let minutes = i8::try_from(number(minutes)?).ok()?;
            time::UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()?
        }
    };
    Some(time::OffsetDateTime::new_in_offset(date, time, offset).into())
}

fn language(word: &str) -> Result<Language, &'static str> {
    match word {
        "en" => Ok(Language::English),
        "vi" => Ok(Language::Vietnamese),
        _ => Err("the languages are en and vi"),
    }
}

fn flavour(word: &str) -> Result<Flavour, String> {
    Flavour::by_name(word).ok_or_else(|| {
        let names: Vec<_> = Flavour::ALL.iter().map(|(name, _)| *name).collect();
        format!("the rebuilds are {}", names.join(", "))
    })
}

fn profile(word: &str) -> Result<Profile, String> {
    Profile::by_name(word).ok_or_else(|| {
        let names: Vec<_> = Profile::ALL.iter().map(|(name, _)| *name).collect();
        format!("the profiles are {}", names.join(" and "))
    })
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The driver of a connector under test, and its first arguments.
    #[arg(
        value_name = "PROGRAM",
        last = true,
        required_unless_present_any = ["list", "driver_url", "manual", "packets", "axis"]
    )]
    pub(super) program: Vec<String>,
    /// A connector that runs already: where its driver takes the lines by POST.
    #[arg(long, value_name = "URL", group = "subject")]
    pub(super) driver_url: Option<String>,
    /// A connector without a driver: a person follows the steps that are shown.
    #[arg(long, group = "subject")]
    pub(super) manual: bool,
    /// A folder of packets, or packets.
    #[arg(long, value_name = "PATH", num_args = 1.., group = "subject")]
    pub(super) packets: Vec<PathBuf>,
    /// The base address of an axis or gateway; needs --one and --two.
    #[arg(long, value_name = "URL", group = "subject", requires_all = ["one", "two"])]
    pub(super) axis: Option<String>,
    /// A system at the axis under test that sends: ID:ORGAN:FILE, the file with its
    /// secret.
    #[arg(long, value_name = "ID:ORGAN:FILE")]
    pub(super) one: Option<String>,
    /// A system at the axis under test that receives.
    #[arg(long, value_name = "ID:ORGAN:FILE")]
    pub(super) two: Option<String>,
    /// The certificate authorities to trust for the axis under test (PEM).
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<PathBuf>,
    /// Only these cases, by id, chapter or clause.
    #[arg(long, value_name = "ID|CHAPTER|CLAUSE", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Which cases: the quick ones in at most two minutes, or all.
    #[arg(long, value_enum, default_value_t = ProfileArgument::Quick)]
    pub(super) profile: ProfileArgument,
    /// Let a SHOULD count as a MUST.
    #[arg(long)]
    pub(super) strict: bool,
    /// The seed of all that is random.
    #[arg(long, default_value_t = 1)]
    pub(super) seed: u64,
    /// A file with the ids of cases that are known to fail, one a line.
    #[arg(long, value_name = "FILE")]
    pub(super) expected_failures: Option<PathBuf>,
    /// Seconds that anything is waited for: 10, with --manual 180.
    #[arg(long, value_name = "SECONDS")]
    pub(super) timeout: Option<u64>,
    /// Cases at once; 0 is as many as fit the machine.
    #[arg(long, default_value_t = 0)]
    pub(super) jobs: usize,
    /// The organ of the connector under test.
    #[arg(long, default_value = crate::suite::bench::OWN)]
    pub(super) organ: String,
    /// Where the axis listens for a connector that runs already.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(super) listen: Option<SocketAddr>,
    /// A file with the secret that a connector which runs already signs with.
    #[arg(long, value_name = "FILE")]
    pub(super) secret_file: Option<PathBuf>,
    /// Print the cases, tab-separated: id, level, clauses, title.
    #[arg(long)]
    pub(super) list: bool,
    /// A folder for the reports: report.html, report.json, junit.xml, badge.svg.
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: Option<PathBuf>,
    /// The certifier's key, to sign the reports with: PEM, DER or PKCS#12.
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(super) key: Option<PathBuf>,
    /// The certificate of the key.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(super) cert: Option<PathBuf>,
    /// A file whose first line is the key's password.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(super) password_file: Option<PathBuf>,
}

/// Which cases run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ProfileArgument {
    /// Those that fit in two minutes.
    Quick,
    /// All.
    Full,
}

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The older report: its report.json, or the folder.
    pub(super) old: PathBuf,
    /// The newer one.
    pub(super) new: PathBuf,
}
