package vn.lienthong;

/** What is known of the signatures of a packet; docs/reasons.md has the words. */
public final class Verdict {
    private final Json report;
    private final boolean met;

    Verdict(Json report, boolean met) {
        this.report = report;
        this.met = met;
    }

    /** Whether {@code signature.policy} is satisfied. */
    public boolean isPolicyMet() {
        return met;
    }

    /** {@code proven}, {@code refuted} or {@code unproven}. */
    public String authenticity() {
        return report.get("authenticity").text();
    }

    /** The verdict on the signature over the whole packet, e.g. {@code valid}. */
    public String packetSignature() {
        return report.pointer("/packet_signature/verdict").text();
    }

    /** The verdict on the seal, e.g. {@code absent}. */
    public String seal() {
        return report.pointer("/seal/verdict").text();
    }

    /** The whole report. Its signers may be persons: not for logs. */
    public Json toJson() {
        return report;
    }
}
