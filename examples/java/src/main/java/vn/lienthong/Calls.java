package vn.lienthong;

import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What every call has in common: texts, places for results, the error. */
final class Calls {
    /** A call whose last argument is the place for an error. */
    interface Call {
        int make(PointerByReference error);
    }

    /** A call that gives a handle or a text, too. */
    interface Giving {
        int make(PointerByReference place, PointerByReference error);
    }

    /** A call that gives a number, too. */
    interface Counting {
        int make(LongByReference place, PointerByReference error);
    }

    /** A call that gives bytes, too. */
    interface Filling {
        int make(PointerByReference data, LongByReference length, PointerByReference error);
    }

    private Calls() {}

    static void call(Call call) {
        PointerByReference error = new PointerByReference();
        int code = call.make(error);
        if (code != 0) {
            throw LienthongException.taken(code, error.getValue());
        }
    }

    static Pointer handle(Giving call) {
        PointerByReference place = new PointerByReference();
        call(error -> call.make(place, error));
        return place.getValue();
    }

    static Optional<String> optional(Giving call) {
        Pointer text = handle(call);
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(out(text));
        } finally {
            Loader.c().lienthong_string_free(text);
        }
    }

    static String text(Giving call) {
        return optional(call).orElse("");
    }

    static Json json(Giving call) {
        return Json.parse(text(call));
    }

    static List<String> texts(Giving call) {
        List<String> texts = new ArrayList<>();
        for (Json text : json(call).list()) {
            texts.add(text.text());
        }
        return texts;
    }

    static long number(Counting call) {
        LongByReference place = new LongByReference();
        call(error -> call.make(place, error));
        return place.getValue();
    }

    static byte[] bytes(Filling call) {
        PointerByReference data = new PointerByReference();
        LongByReference length = new LongByReference();
        call(error -> call.make(data, length, error));
        try {
            if (length.getValue() > Integer.MAX_VALUE - 8) {
                throw LienthongException.invalidArgument("longer than an array of Java can be");
            }
            return data.getValue().getByteArray(0, (int) length.getValue());
        } finally {
            Loader.c().lienthong_bytes_free(data.getValue(), length.getValue());
        }
    }

    /** A text as the library takes it; null stays null. */
    static byte[] in(String text) {
        if (text == null) {
            return null;
        }
        if (text.indexOf('\0') >= 0) {
            throw LienthongException.invalidArgument("a text has a NUL in it");
        }
        try {
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .encode(CharBuffer.wrap(text));
            byte[] ended = new byte[bytes.remaining() + 1];
            bytes.get(ended, 0, bytes.remaining());
            return ended;
        } catch (CharacterCodingException half) {
            throw LienthongException.invalidArgument("a text has half a character in it");
        }
    }

    /** A list as the library takes it. */
    static Pointer in(List<String> texts) {
        if (texts.isEmpty()) {
            return null;
        }
        for (String text : texts) {
            in(text);
        }
        return new StringArray(texts.toArray(new String[0]), "UTF-8");
    }

    /** The library's text; null stays null. */
    static String out(Pointer text) {
        return text == null ? null : text.getString(0, "UTF-8");
    }

    static int in(boolean flag) {
        return flag ? 1 : 0;
    }
}
