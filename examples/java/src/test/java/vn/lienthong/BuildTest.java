package vn.lienthong;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import com.sun.jna.Platform;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** What the module is made of, and what it refuses to be made of. */
public class BuildTest {
    @Rule public final TemporaryFolder folder = new TemporaryFolder();

    private static Path classes() throws Exception {
        return Paths.get(Lienthong.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    public void every_class_is_for_java_8() throws Exception {
        List<Path> files;
        try (Stream<Path> all = Files.walk(classes())) {
            files = all.filter(file -> file.toString().endsWith(".class")).collect(Collectors.toList());
        }
        assertTrue(files.size() > 40);
        for (Path file : files) {
            try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                assertEquals(0xCAFEBABE, in.readInt());
                in.readUnsignedShort();
                assertEquals(file.toString(), 52, in.readUnsignedShort());
            }
        }
    }

    @Test
    public void the_library_is_the_one_of_the_jar() throws Exception {
        Lienthong.version();
        String inside = classes().resolve(Platform.RESOURCE_PREFIX + "/liblienthong.so").toString();
        try (Stream<String> maps = Files.lines(Paths.get("/proc/self/maps"))) {
            assertTrue(inside, maps.anyMatch(line -> line.endsWith(inside)));
        }
    }

    @Test
    public void a_program_that_closes_nothing_ends_all_the_same() throws Exception {
        assertEquals("ended\n", java("Forgetful", "-Dfolder=" + folder.getRoot()));
    }

    /** Leaves a connector at work, and its log, when it ends. */
    public static final class Forgetful {
        public static void main(String[] args) {
            Config config = Made.alone(System.getProperty("folder") + "/store")
                    .setLog(Log.Level.TRACE, (level, target, message) -> target.length());
            Connector connector = new Connector(config);
            for (int i = 0; i < 20; i++) {
                connector.send(Made.document(String.valueOf(i + 1)), StateSecret.NOT_CONTAINED);
            }
            System.out.println("ended");
        }
    }

    @Test
    public void a_library_of_another_interface_is_refused_with_both_numbers() throws Exception {
        File source = folder.newFile("other.c");
        Files.write(source.toPath(), Arrays.asList("unsigned lienthong_abi_version(void) { return 99; }"));
        File library = new File(folder.getRoot(), "libother.so");
        run("cc", "-shared", "-fPIC", "-o", library.getPath(), source.getPath());
        String told = java("Version", "-Dlienthong.library=" + library);
        assertTrue(told, told.contains("has the binary interface 99, this jar needs 1"));
    }

    /** Asks for the version, twice: the second time must not say less. */
    public static final class Version {
        public static void main(String[] args) {
            for (int i = 0; i < 2; i++) {
                try {
                    Lienthong.version();
                } catch (UnsatisfiedLinkError refused) {
                    if (i == 1) {
                        System.out.println(refused.getMessage());
                    }
                }
            }
        }
    }

    /** What a program of this class prints in a VM of its own. */
    private static String java(String name, String option) throws Exception {
        return run(System.getProperty("java.home") + "/bin/java", option, "-cp",
                System.getProperty("java.class.path"), "vn.lienthong.BuildTest$" + name);
    }

    private static String run(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (InputStream in = process.getInputStream()) {
            for (int b = in.read(); b >= 0; b = in.read()) {
                out.write(b);
            }
        }
        assertEquals(words[0], 0, process.waitFor());
        return new String(out.toByteArray(), StandardCharsets.UTF_8);
    }
}
