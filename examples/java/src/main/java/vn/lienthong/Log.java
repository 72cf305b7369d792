package vn.lienthong;

/** Takes lines of the log. See {@link Config#setLog}. */
@FunctionalInterface
public interface Log {
    /** How much a line matters. The numbers are those of the C library. */
    enum Level {
        /** What went wrong and needs somebody. */
        ERROR(1),
        /** What somebody should look at. */
        WARNING(2),
        /** What happened. */
        INFO(3),
        /** What helps to find a fault. */
        DEBUG(4),
        /** Everything. */
        TRACE(5);

        private final int number;

        Level(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static Level of(int number) {
            return number >= 1 && number <= 5 ? values()[number - 1] : TRACE;
        }
    }

    /**
     * Takes one line. It is called on threads of the library (daemon threads named
     * {@code lienthong}) and on threads that call it, also on several at once; it must be quick,
     * and must not close its connector. What it throws is lost.
     *
     * @param level how much it matters
     * @param target where in the library it was written
     * @param message the text; it names ids, organs and codes, never a subject or a person
     */
    void line(Level level, String target, String message);
}
