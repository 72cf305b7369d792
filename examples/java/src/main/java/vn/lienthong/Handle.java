package vn.lienthong;

import com.sun.jna.Pointer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the library keeps for us. The library itself knows handles that were freed: any use after
 * {@link #close} is a {@link LienthongException} {@code invalid-argument}, never a crash, and
 * closing twice is fine. What is not closed is kept until the process ends.
 */
abstract class Handle implements AutoCloseable {
    private final Pointer pointer;
    private final AtomicBoolean closed = new AtomicBoolean();

    Handle(Pointer pointer) {
        this.pointer = pointer;
    }

    /** For a function that takes one or NULL. */
    static Pointer of(Handle handle) {
        return handle == null ? null : handle.pointer;
    }

    final Pointer pointer() {
        return pointer;
    }

    final boolean isClosed() {
        return closed.get();
    }

    abstract void free(Pointer pointer);

    /** Frees it. A second time does nothing. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            free(pointer);
        }
    }
}
