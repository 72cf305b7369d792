package vn.lienthong;

import com.sun.jna.Native;
import java.io.File;
import java.io.IOException;

/** Finds the C library, once, and makes sure that it is the one this jar was made for. */
final class Loader {
    private static volatile Functions functions;

    private Loader() {}

    /**
     * The library: the file that the system property {@code lienthong.library} names; else what
     * JNA finds, where {@code jna.library.path} is set; else the one in this jar; else what the
     * system's loader finds.
     *
     * @throws UnsatisfiedLinkError where there is none, or one of another binary interface. The
     *     next call tries again
     */
    static Functions c() {
        Functions known = functions;
        return known != null ? known : load();
    }

    private static synchronized Functions load() {
        if (functions == null) {
            if (Native.SIZE_T_SIZE != 8) {
                throw new UnsatisfiedLinkError("lienthong needs a Java VM of 64 bits");
            }
            String name = name();
            Functions found = Native.load(name, Functions.class);
            int version = found.lienthong_abi_version();
            if (version != Functions.ABI_VERSION) {
                throw new UnsatisfiedLinkError(
                        name + " has the binary interface " + version + ", this jar needs "
                                + Functions.ABI_VERSION
                                + ": use the library and the jar of one version");
            }
            functions = found;
        }
        return functions;
    }

    private static String name() {
        String stated = System.getProperty("lienthong.library");
        if (stated != null) {
            return stated;
        }
        if (System.getProperty("jna.library.path") == null) {
            try {
                // A resource of the name that JNA gives the platform, e.g. linux-x86-64.
                File file = Native.extractFromResourcePath("lienthong", Loader.class.getClassLoader());
                return file.getAbsolutePath();
            } catch (IOException notInside) {
                // A jar without it, or another platform.
            }
        }
        return "lienthong";
    }
}
