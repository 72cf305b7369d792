package vn.lienthong.vpcp.services;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import vn.lienthong.Client;
import vn.lienthong.Json;
import vn.lienthong.LienthongException;

/**
 * The {@code jsonHeaders} of one call. Names are compared without regard to case, since programs
 * write {@code docId} and {@code docid}; names that the call does not know are passed over and
 * never sent.
 */
final class Parameters {
    private final Json json;

    Parameters(String jsonHeaders) {
        json = Json.parseLeniently(jsonHeaders == null ? "{}" : jsonHeaders);
        if (!json.isObject()) {
            throw LienthongException.invalidArgument("jsonHeaders is no JSON object");
        }
    }

    private Json value(String name) {
        for (Map.Entry<String, Json> member : json.members().entrySet()) {
            if (member.getKey().equalsIgnoreCase(name)) {
                return member.getValue();
            }
        }
        return Json.of(null);
    }

    /** A text; empty where it is absent. */
    String text(String name) {
        String text = value(name).text();
        return text == null ? "" : text.trim();
    }

    /** A text that has to be there. */
    String needed(String name) {
        String text = text(name);
        if (text.isEmpty()) {
            throw LienthongException.invalidArgument("jsonHeaders has no " + name);
        }
        return text;
    }

    /** A list of texts, or one text; empty where it is absent. */
    List<String> texts(String name) {
        Json value = value(name);
        if (!value.isList()) {
            String text = text(name);
            return text.isEmpty() ? Collections.emptyList() : Collections.singletonList(text);
        }
        List<String> texts = new ArrayList<>();
        for (Json item : value.list()) {
            texts.add(item.text());
        }
        return texts;
    }

    /** The {@code messagetype}: a document where nothing is said. */
    Client.MessageType messageType() {
        switch (text("messagetype").toLowerCase(Locale.ROOT)) {
            case "":
            case "edoc":
                return Client.MessageType.EDOC;
            case "status":
                return Client.MessageType.STATUS;
            default:
                throw LienthongException.invalidArgument("messagetype is neither edoc nor status");
        }
    }
}
