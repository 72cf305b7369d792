package vn.lienthong;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import org.junit.Test;

/** The reader of JSON, against what RFC 8259 says. */
public class JsonTest {
    @Test
    public void what_was_read_is_written_again() {
        String[] texts = {
            "{}", "[]", "null", "true", "\"\"", "-1.5e+300", "123456789012345678901234567890",
            "{\"a\":[1,{\"b\":null}],\"đ\":\"\\u0000\\\"\\\\\"}",
        };
        for (String text : texts) {
            assertEquals(text, Json.parse(text).toString());
            assertEquals(text, Json.parse(" " + text + "\r\n").toString());
        }
        assertEquals("\"/\\u0008\\u000cA\uD83D\uDE00\"",
                Json.parse("\"\\/\\b\\f\\u0041\\ud83d\\uDE00\"").toString());
    }

    @Test
    public void what_is_no_json_is_refused() {
        StringBuilder deep = new StringBuilder();
        for (int i = 0; i < 100_000; i++) {
            deep.append('[');
        }
        String[] texts = {
            "", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01", "+1", "1.", ".5", "nul", "\"\n\"",
            "\"\\x\"", "\"\\u12g4\"", "\"a", "1 2", "[1}", "{\"a\"}", "\u00a0", deep.toString(),
        };
        for (String text : texts) {
            assertThrows(text, LienthongException.class, () -> Json.parse(text));
        }
    }

    @Test
    public void a_pointer_that_leads_nowhere_gives_nothing() {
        Json json = Json.parse("{\"a\":[{\"b/c\":\"d\",\"n\":7}],\"null\":null}");
        assertEquals("d", json.pointer("/a/0/b~1c").text());
        assertEquals(7, json.pointer("/a/0/n").number());
        assertEquals(json, json.pointer(""));
        assertNull(json.pointer("/a/1/b").text());
        assertNull(json.pointer("/null").text());
        assertFalse(json.get("x").at(3).get("y").isThere());
        assertThrows(LienthongException.class, () -> json.get("x").number());
    }

    @Test
    public void a_lenient_reader_takes_texts_without_marks() {
        Json json = Json.parseLeniently("{\"status\":\"done\",\"docid\":0dbcb61d-e30e-45e9,\"n\":12}");
        assertEquals("0dbcb61d-e30e-45e9", json.get("docid").text());
        assertEquals("12", json.get("n").text());
        assertThrows(LienthongException.class, () -> Json.parseLeniently("{\"mail\":cc\"\"}"));
        assertTrue(Json.parseLeniently("{}").isObject());
    }
}
