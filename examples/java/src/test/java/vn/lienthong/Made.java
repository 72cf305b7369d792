package vn.lienthong;

/** Documents and configurations that are made up. */
public final class Made {
    private Made() {}

    public static Document document(String number) {
        return new Document()
                .set("From/OrganId", "H99.01")
                .set("From/OrganName", "Cơ quan thí dụ")
                .set("To/OrganId", "H99.02")
                .set("DocumentId", "H99.01,2026/03/04," + number + "/STD-VP")
                .set("Code/CodeNumber", number)
                .set("Code/CodeNotation", "STD-VP")
                .set("PromulgationInfo/Place", "Thí dụ")
                .set("PromulgationInfo/PromulgationDate", "2026-03-04")
                .set("Subject", "V/v thí dụ")
                .attach("Công văn.pdf", "%PDF-1.4 made up".getBytes());
    }

    /** A worker that finds no axis. */
    public static Config alone(String store) {
        return new Config()
                .set("store.path", store)
                .set("connector.organs", "H99.01")
                // Nobody listens on the port for discarding.
                .set("axis.url", "http://127.0.0.1:9")
                .set("axis.system_id", "a")
                .set("axis.secret", Axis.SECRET);
    }
}
