package vn.lienthong;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.Test;

/** {@link Functions} against lienthong.h: JNA itself would find out by a crash. */
public class HeaderTest {
    /**
     * {@code lienthong_error_json} has what these tell, and {@link Json} reads; arrays of Java move,
     * so none of them is lent.
     */
    private static final Set<String> LEFT_OUT = new HashSet<>(Arrays.asList(
            "lienthong_error_code", "lienthong_error_name", "lienthong_error_message",
            "lienthong_error_retry", "lienthong_error_who_acts", "lienthong_error_operation",
            "lienthong_error_remote_code", "lienthong_error_context_count",
            "lienthong_error_context_name", "lienthong_error_context_value",
            "lienthong_error_context", "lienthong_error_findings", "lienthong_json_get",
            "lienthong_connector_open", "lienthong_packet_from_bytes_borrowed"));

    private static String header() throws IOException {
        byte[] bytes = Files.readAllBytes(Paths.get(
                System.getProperty("basedir"), "../../connector-ffi/include/lienthong.h"));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    public void every_function_has_the_types_of_the_header() throws IOException {
        Map<String, Method> ours = new HashMap<>();
        for (Method method : Functions.class.getMethods()) {
            ours.put(method.getName(), method);
        }
        Matcher function = Pattern.compile("([\\w *]+?)\\b(lienthong_\\w+)\\(([^();]*)\\);")
                .matcher(header().replaceAll("//.*", "").replaceAll("#.*", ""));
        int count = 0;
        while (function.find()) {
            String name = function.group(2);
            Method method = ours.remove(name);
            if (method == null) {
                assertTrue(name + " is missing", LEFT_OUT.contains(name));
                continue;
            }
            count++;
            boolean frees = name.endsWith("_free");
            assertEquals(name, type(function.group(1), true), method.getReturnType());
            List<Class<?>> wanted = new ArrayList<>();
            for (String parameter : function.group(3).split(",")) {
                String type = parameter.replaceAll("\\s+", " ").trim().replaceAll("\\w+$", "");
                if (!type.isEmpty()) {
                    wanted.add(type(type, frees));
                }
            }
            assertEquals(name, wanted, Arrays.asList(method.getParameterTypes()));
        }
        assertTrue(count > 100);
        assertTrue(ours.keySet() + " are not in the header", ours.isEmpty());
    }

    /** The type in Java of one in C; texts and bytes are pointers where the library owns them. */
    private static Class<?> type(String c, boolean pointers) {
        String plain = c.replaceAll("\\b(const|struct)\\b", "").replaceAll("\\s", "");
        switch (plain) {
            case "void":
                return void.class;
            case "int32_t":
            case "uint32_t":
                return int.class;
            case "int64_t":
            case "size_t":
                return long.class;
            case "char*":
            case "uint8_t*":
                return pointers ? Pointer.class : byte[].class;
            case "int32_t*":
                return IntByReference.class;
            case "size_t*":
            case "uint64_t*":
                return LongByReference.class;
            case "void*":
                return Pointer.class;
            case "lienthong_read_fn":
                return Functions.ReadFn.class;
            case "lienthong_write_fn":
                return Functions.WriteFn.class;
            case "lienthong_log_fn":
                return Functions.LogFn.class;
            case "lienthong_sign_fn":
                return Functions.SignFn.class;
            case "lienthong_drop_fn":
                return Functions.DropFn.class;
            default:
                // A list of texts that goes in is a pointer; one place for a result is a reference.
                boolean list = c.replaceAll("\\s", "").equals("constchar*const*");
                return !list && plain.endsWith("**") ? PointerByReference.class : Pointer.class;
        }
    }

    @Test
    public void it_is_written_after_the_interface_of_the_header() throws IOException {
        assertTrue(header().contains("#define LIENTHONG_ABI_VERSION " + Functions.ABI_VERSION + "\n"));
    }

    @Test
    public void every_constant_has_the_number_of_the_header() throws IOException {
        Map<String, Integer> numbers = new HashMap<>();
        Matcher constant = Pattern.compile("#define LIENTHONG_(\\w+) (\\d+)\n").matcher(header());
        while (constant.find()) {
            numbers.put(constant.group(1), Integer.parseInt(constant.group(2)));
        }
        for (Log.Level level : Log.Level.values()) {
            assertEquals(numbers.get("LOG_" + level), (Integer) level.number());
        }
        for (StateSecret secret : StateSecret.values()) {
            assertEquals(numbers.get("STATE_SECRET_" + secret), (Integer) secret.number());
        }
        counted(numbers, "RETRY_", LienthongException.Retry.values(), 1);
        counted(numbers, "ACTS_", LienthongException.Actor.values(), 1);
        counted(numbers, "ACTION_", Document.Action.values(), 1);
        counted(numbers, "KIND_", Packet.Kind.values(), 0);
        counted(numbers, "SEVERITY_", Packet.Severity.values(), 0);
        counted(numbers, "SIGN_", Packet.Signing.values(), 1);
        counted(numbers, "MESSAGE_", Client.MessageType.values(), 1);
        counted(numbers, "ACKNOWLEDGE_", Client.Acknowledgement.values(), 1);
    }

    private static void counted(Map<String, Integer> numbers, String prefix, Enum<?>[] ours, int first) {
        long inHeader = numbers.keySet().stream().filter(name -> name.startsWith(prefix)).count();
        assertEquals(prefix, inHeader, ours.length);
        for (Enum<?> one : ours) {
            assertEquals(prefix + one, numbers.get(prefix + one.name()),
                    (Integer) (first + one.ordinal()));
        }
    }
}
