package vn.lienthong;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A value of JSON, to read the results of the library without another library for it.
 *
 * <p>What is not there is no failure: {@code json.get("a").at(3).get("b").text()} gives null where
 * any step leads nowhere. Values do not change; any number of threads may read them.
 */
public final class Json {
    /** What a step gives that leads nowhere; {@code null} in JSON is another one. */
    private static final Json NOTHING = new Json(null);
    private static final int MOST_DEPTH = 200;

    /** Null, Boolean, String, Number (as it was written), List or Map. */
    private final Object value;

    private Json(Object value) {
        this.value = value;
    }

    /** A number, kept as it was written. */
    private static final class Digits {
        private final String text;

        Digits(String text) {
            this.text = text;
        }
    }

    /**
     * Reads a text.
     *
     * @throws LienthongException {@code invalid-argument} where it is no JSON; it names the place
     *     and nothing of the text
     */
    public static Json parse(String text) {
        return new Reader(text, false).whole();
    }

    /**
     * Reads a text in which texts may stand without quotation marks, as in {@code {"docid":0a1b-2}}:
     * programs that put their JSON together by hand were heard to forget them.
     *
     * @throws LienthongException {@code invalid-argument} where it cannot be read
     */
    public static Json parseLeniently(String text) {
        return new Reader(text, true).whole();
    }

    /**
     * Makes a value of null, Boolean, String, Number, Json, or lists and maps (with texts as keys)
     * of such.
     */
    public static Json of(Object value) {
        if (value instanceof Json) {
            return (Json) value;
        }
        if (value == null || value instanceof Boolean || value instanceof String) {
            return new Json(value);
        }
        if (value instanceof Number) {
            return new Json(new Digits(new BigDecimal(value.toString()).toPlainString()));
        }
        if (value instanceof List) {
            List<Json> list = new ArrayList<>();
            for (Object item : (List<?>) value) {
                list.add(of(item));
            }
            return new Json(Collections.unmodifiableList(list));
        }
        if (value instanceof Map) {
            Map<String, Json> members = new LinkedHashMap<>();
            for (Map.Entry<?, ?> member : ((Map<?, ?>) value).entrySet()) {
                members.put((String) member.getKey(), of(member.getValue()));
            }
            return new Json(Collections.unmodifiableMap(members));
        }
        throw LienthongException.invalidArgument("no value of JSON: " + value.getClass().getName());
    }

    /** A member of an object. */
    public Json get(String name) {
        Json member = members().get(name);
        return member == null ? NOTHING : member;
    }

    /** An item of a list, from 0. */
    public Json at(int index) {
        List<Json> list = list();
        return index >= 0 && index < list.size() ? list.get(index) : NOTHING;
    }

    /** What a pointer leads to, as in {@code /recipients/0/state} (RFC 6901). */
    public Json pointer(String pointer) {
        Json found = this;
        for (String step : pointer.isEmpty() ? new String[0] : pointer.substring(1).split("/", -1)) {
            String name = step.replace("~1", "/").replace("~0", "~");
            boolean index = found.value instanceof List && name.matches("[0-9]{1,9}");
            found = index ? found.at(Integer.parseInt(name)) : found.get(name);
        }
        return found;
    }

    /** Whether there is anything: false for what leads nowhere and for null. */
    public boolean isThere() {
        return value != null;
    }

    /** Whether it is a text. */
    public boolean isText() {
        return value instanceof String;
    }

    /** Whether it is a list. */
    public boolean isList() {
        return value instanceof List;
    }

    /** Whether it is an object. */
    public boolean isObject() {
        return value instanceof Map;
    }

    /** Whether it is true or false. */
    public boolean isFlag() {
        return value instanceof Boolean;
    }

    /** A text as it is, any other value as JSON; null where there is nothing, or null. */
    public String text() {
        return value == null ? null : value instanceof String ? (String) value : toString();
    }

    /**
     * A whole number, also one that stands in a text.
     *
     * @throws LienthongException {@code invalid-argument} where it is none
     */
    public long number() {
        try {
            return Long.parseLong(value instanceof Digits ? ((Digits) value).text : (String) value);
        } catch (ClassCastException | NumberFormatException other) {
            throw LienthongException.invalidArgument("no whole number");
        }
    }

    /** Whether it is true. */
    public boolean flag() {
        return Boolean.TRUE.equals(value);
    }

    /** The items of a list; empty for anything else. */
    @SuppressWarnings("unchecked")
    public List<Json> list() {
        return value instanceof List ? (List<Json>) value : Collections.emptyList();
    }

    /** The members of an object, in their order; empty for anything else. */
    @SuppressWarnings("unchecked")
    public Map<String, Json> members() {
        return value instanceof Map ? (Map<String, Json>) value : Collections.emptyMap();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Json && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    /** The value as JSON, in one line. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder();
        write(out);
        return out.toString();
    }

    private void write(StringBuilder out) {
        if (value instanceof String) {
            quote((String) value, out);
        } else if (value instanceof Digits) {
            out.append(((Digits) value).text);
        } else if (isList()) {
            char before = '[';
            for (Json item : list()) {
                out.append(before);
                item.write(out);
                before = ',';
            }
            out.append(before == '[' ? "[]" : "]");
        } else if (isObject()) {
            char before = '{';
            for (Map.Entry<String, Json> member : members().entrySet()) {
                out.append(before);
                quote(member.getKey(), out);
                out.append(':');
                member.getValue().write(out);
                before = ',';
            }
            out.append(before == '{' ? "{}" : "}");
        } else {
            out.append(value);
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }

    private static final class Reader {
        private final String text;
        private final boolean lenient;
        private int at;

        Reader(String text, boolean lenient) {
            this.text = text;
            this.lenient = lenient;
        }

        Json whole() {
            Json value = value(0);
            if (next() != '\0') {
                throw wrong();
            }
            return value;
        }

        private Json value(int depth) {
            if (depth > MOST_DEPTH) {
                throw wrong();
            }
            switch (next()) {
                case '{':
                    return object(depth);
                case '[':
                    return list(depth);
                case '"':
                    return new Json(quoted());
                default:
                    return word();
            }
        }

        private Json object(int depth) {
            Map<String, Json> members = new LinkedHashMap<>();
            at++;
            if (next() != '}') {
                do {
                    if (next() != '"') {
                        throw wrong();
                    }
                    String name = quoted();
                    expect(':');
                    members.put(name, value(depth + 1));
                } while (another());
            }
            expect('}');
            return new Json(Collections.unmodifiableMap(members));
        }

        private Json list(int depth) {
            List<Json> items = new ArrayList<>();
            at++;
            if (next() != ']') {
                do {
                    items.add(value(depth + 1));
                } while (another());
            }
            expect(']');
            return new Json(Collections.unmodifiableList(items));
        }

        private Json word() {
            int start = at;
            while (at < text.length() && ",:]}\"{[ \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            String word = text.substring(start, at);
            switch (word) {
                case "null":
                    return new Json(null);
                case "true":
                    return new Json(true);
                case "false":
                    return new Json(false);
                default:
                    if (word.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?")) {
                        return new Json(new Digits(word));
                    }
                    if (lenient && !word.isEmpty()) {
                        return new Json(word);
                    }
                    at = start;
                    throw wrong();
            }
        }

        private String quoted() {
            StringBuilder out = new StringBuilder();
            at++;
            while (true) {
                char c = take();
                if (c == '"') {
                    return out.toString();
                } else if (c == '\\') {
                    out.append(escaped());
                } else if (c < ' ' && !lenient) {
                    throw wrong();
                } else {
                    out.append(c);
                }
            }
        }

        private char escaped() {
            char c = take();
            int plain = "\"\\/bfnrt".indexOf(c);
            if (plain >= 0) {
                return "\"\\/\b\f\n\r\t".charAt(plain);
            }
            if (c != 'u' || at + 4 > text.length()) {
                throw wrong();
            }
            String digits = text.substring(at, at + 4);
            if (!digits.matches("[0-9a-fA-F]{4}")) {
                throw wrong();
            }
            at += 4;
            return (char) Integer.parseInt(digits, 16);
        }

        /** The next character that is no blank; NUL at the end. */
        private char next() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return at < text.length() ? text.charAt(at) : '\0';
        }

        private char take() {
            if (at >= text.length()) {
                throw wrong();
            }
            return text.charAt(at++);
        }

        private boolean another() {
            if (next() != ',') {
                return false;
            }
            at++;
            return true;
        }

        private void expect(char wanted) {
            if (next() != wanted) {
                throw wrong();
            }
            at++;
        }

        private LienthongException wrong() {
            return LienthongException.invalidArgument("no JSON, at character " + (at + 1));
        }
    }
}
