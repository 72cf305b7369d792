package vn.lienthong;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

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
    public void the_library_comes_from_the_jar() {
        String name = com.sun.jna.Platform.RESOURCE_PREFIX + "/liblienthong.so";
        assertTrue(name, Lienthong.class.getClassLoader().getResource(name) != null);
    }

    @Test
    public void a_library_of_another_interface_is_refused_with_both_numbers() throws Exception {
        File source = folder.newFile("other.c");
        Files.write(source.toPath(), Arrays.asList("unsigned lienthong_abi_version(void) { return 99; }"));
        File library = new File(folder.getRoot(), "libother.so");
        run("cc", "-shared", "-fPIC", "-o", library.getPath(), source.getPath());
        String jna = Paths.get(com.sun.jna.Native.class.getProtectionDomain().getCodeSource()
                .getLocation().toURI()).toString();
        String tests = Paths.get(BuildTest.class.getProtectionDomain().getCodeSource()
                .getLocation().toURI()).toString();
        String told = run(System.getProperty("java.home") + "/bin/java",
                "-Dlienthong.library=" + library,
                "-cp", String.join(File.pathSeparator, classes().toString(), tests, jna),
                "vn.lienthong.BuildTest$Version");
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
