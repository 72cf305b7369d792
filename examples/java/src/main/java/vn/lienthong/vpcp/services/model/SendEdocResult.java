package vn.lienthong.vpcp.services.model;

import java.util.List;
import vn.lienthong.Json;
import vn.lienthong.LienthongException;

/** What became of a sending. */
public final class SendEdocResult extends Result {
    private final String docId;

    /** Nothing was sent. */
    public SendEdocResult(LienthongException failure) {
        super(failure);
        docId = "";
    }

    /** It was sent to groups of receivers: good where every group was accepted. */
    public SendEdocResult(List<Json> deliveries) {
        this(deliveries, firstBad(deliveries));
    }

    private SendEdocResult(List<Json> deliveries, Json bad) {
        super(bad == null ? "OK" : "FAIL", code(bad), description(bad), failure(bad));
        String found = "";
        for (Json delivery : deliveries) {
            String id = orEmpty(delivery.get("doc_id").text());
            found = found.isEmpty() ? id : found;
        }
        docId = found;
    }

    /** The axis's id of the sending; empty where it gave none. Also a failed sending may have one. */
    public String getDocID() {
        return docId;
    }

    private static Json firstBad(List<Json> deliveries) {
        for (Json delivery : deliveries) {
            if (!"accepted".equals(delivery.get("outcome").text())) {
                return delivery;
            }
        }
        return deliveries.isEmpty() ? Json.of(null) : null;
    }

    private static String code(Json bad) {
        if (bad == null) {
            return "0";
        }
        LienthongException failure = failure(bad);
        return failure == null ? bad.get("code").text() : codeOf(failure);
    }

    /** The axis's words, and who is meant by them. */
    private static String description(Json bad) {
        if (bad == null) {
            return "";
        }
        LienthongException failure = failure(bad);
        String words = failure == null
                ? orEmpty(bad.get("description").text()) : failure.getVietnameseMessage();
        String to = bad.get("to").isList() ? bad.get("to").toString() : "[]";
        return to.equals("[]") ? words : words + " " + to;
    }

    /** Null for success, and where the axis itself refused. */
    private static LienthongException failure(Json bad) {
        if (bad == null || bad.get("code").isThere()) {
            return null;
        }
        Json error = bad.get("error");
        return error.isThere() ? LienthongException.of(error)
                : LienthongException.of(26, "the library gave no outcome", null);
    }
}
