package vn.lienthong;

/** Whether a document holds state secrets. There is no default: the sender has to say. */
public enum StateSecret {
    /** It holds none. */
    NOT_CONTAINED(1),
    /** It holds some: it is refused with {@code state-secret} (Decision 28/2018, art. 1.2). */
    CONTAINED(2);

    private final int number;

    StateSecret(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}
