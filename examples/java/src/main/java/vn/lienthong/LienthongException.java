package vn.lienthong;

import com.sun.jna.Pointer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * A failure: what, why, and what to do next. Its message is the whole one in English.
 *
 * <p>Unchecked, since what to do depends on {@link #getRetry} and {@link #getWhoActs} and not on
 * where in a program it happened. Messages name ids, organs and codes, never a subject or a person;
 * they may be logged. Never take one apart by its text: {@link #getCode} and {@link #getName} are
 * stable. A newer library has more codes.
 */
public final class LienthongException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final int INVALID_ARGUMENT = 1;
    private static final int SIGNING_FAILED = 74;

    private final int code;
    /** Kept as text, so that exceptions can be serialised. */
    private final String json;
    private transient Json read;

    private LienthongException(int code, String message, String json, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.json = json;
    }

    /** Whether the same may be tried again. */
    public enum Retry {
        /** It will fail again until something is changed. */
        NEVER,
        /** It may be tried again without harm. */
        SAFE,
        /** It may be tried again, but what was sent may arrive twice. */
        MAY_DUPLICATE;

        static Retry of(int number) {
            return number >= 1 && number <= values().length ? values()[number - 1] : NEVER;
        }
    }

    /** Who has to act. */
    public enum Actor {
        /** The one who sends the packet, or the program that builds it. */
        SENDER,
        /** The one who receives the packet. */
        RECEIVER,
        /** The operator of this installation. */
        OPERATOR,
        /** The developer who calls this library. */
        DEVELOPER,
        /** The authority that issues certificates. */
        CERTIFICATE_AUTHORITY;

        static Actor of(int number) {
            return number >= 1 && number <= values().length ? values()[number - 1] : OPERATOR;
        }
    }

    /** Takes over the error of a call; it may be NULL. */
    static LienthongException taken(int code, Pointer error) {
        if (error == null) {
            return of(code, "the library gave no more than this code", null);
        }
        try {
            String json = Calls.out(Loader.c().lienthong_error_json(error));
            // What a key threw is why it made no signature; the library only knows that.
            Throwable cause = code == SIGNING_FAILED ? Signer.thrown() : null;
            return new LienthongException(code, Json.parse(json).get("message").text(), json, cause);
        } finally {
            Loader.c().lienthong_error_free(error);
        }
    }

    /** A call that cannot be understood, found out on this side. */
    public static LienthongException invalidArgument(String reason) {
        return of(INVALID_ARGUMENT, reason, null);
    }

    /** A failure on this side, under a code of the library. */
    public static LienthongException of(int code, String reason, Throwable cause) {
        Functions c = Loader.c();
        String english = Calls.out(c.lienthong_code_message(code, 1));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", Calls.out(c.lienthong_code_name(code)));
        json.put("number", code);
        json.put("retry", word(Retry.of(c.lienthong_code_retry(code))));
        json.put("who_acts", word(Actor.of(c.lienthong_code_who_acts(code))));
        json.put("message", english);
        json.put("message_vi", Calls.out(c.lienthong_code_message(code, 2)));
        json.put("context", Collections.singletonMap("reason", reason));
        json.put("findings", Collections.emptyList());
        String message = english + " reason: " + reason;
        return new LienthongException(code, message, Json.of(json).toString(), cause);
    }

    /** A failure that was told as JSON, as of a delivery of {@link Client#send}. */
    public static LienthongException of(Json error) {
        int code = (int) error.get("number").number();
        return new LienthongException(code, error.get("message").text(), error.toString(), null);
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Its number, as in docs/errors.md. */
    public int getCode() {
        return code;
    }

    /** Its stable name, e.g. {@code config-unknown-key}. */
    public String getName() {
        return toJson().get("kind").text();
    }

    /** The whole message in Vietnamese. */
    public String getVietnameseMessage() {
        return toJson().get("message_vi").text();
    }

    /** Whether the same may be tried again. */
    public Retry getRetry() {
        return Retry.of(Loader.c().lienthong_code_retry(code));
    }

    /** Who has to act. */
    public Actor getWhoActs() {
        return Actor.of(Loader.c().lienthong_code_who_acts(code));
    }

    /** What was being done, e.g. {@code connector.send}; null where nobody says. */
    public String getOperation() {
        return toJson().get("operation").text();
    }

    /** The code of the far side (the axis), as it wrote it; null where it has none. */
    public String getRemoteCode() {
        return toJson().get("remote_code").text();
    }

    /** Names and values that place the failure, e.g. {@code key} and {@code axis.url}. */
    public Map<String, String> getContext() {
        Map<String, String> context = new LinkedHashMap<>();
        toJson().get("context").members().forEach((name, value) -> context.put(name, value.text()));
        return context;
    }

    /** The findings behind it, a list that may be empty: code, severity, path, message. */
    public Json getFindings() {
        return toJson().get("findings");
    }

    /** All of it, as docs/c-abi.md says. */
    public Json toJson() {
        if (read == null) {
            read = Json.parse(json);
        }
        return read;
    }
}
