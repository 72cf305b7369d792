package vn.lienthong.vpcp.services;

/** Where {@code collaboration.properties} lies, for the whole program. */
public final class FileConfig {
    private static volatile String file;

    private FileConfig() {}

    /** States the file. */
    public static void setFileConfig(String path) {
        file = path;
    }

    /**
     * The file that was stated.
     *
     * @throws IllegalStateException where none was
     */
    public static String getCollaborationPF() {
        String known = file;
        if (known == null) {
            throw new IllegalStateException("FileConfig.setFileConfig was not called");
        }
        return known;
    }
}
