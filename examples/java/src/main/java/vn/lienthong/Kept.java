package vn.lienthong;

import com.sun.jna.Callback;
import com.sun.jna.CallbackThreadInitializer;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the library may call later, by the number it calls it with.
 *
 * <p>The callbacks themselves are constants, so that the garbage collector cannot take what the
 * library still calls; what they stand for goes when the library says that nobody needs it.
 */
final class Kept<T> {
    // A thread of the library becomes a daemon thread once and stays one until it ends: to attach
    // and detach it for each call would cost more than the call.
    private static final CallbackThreadInitializer THREAD =
            new CallbackThreadInitializer(true, false, "lienthong");

    private final Map<Long, T> all = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong(1);
    private final Functions.DropFn drop =
            Kept.<Functions.DropFn>callback(number -> all.remove(Pointer.nativeValue(number)));

    /** A callback that threads of the library may call. */
    static <C extends Callback> C callback(C callback) {
        Native.setCallbackThreadInitializer(callback, THREAD);
        return callback;
    }

    /** Keeps it until the library calls {@link #drop} with this number. */
    Pointer keep(T value) {
        long number = next.getAndIncrement();
        all.put(number, value);
        return new Pointer(number);
    }

    Functions.DropFn drop() {
        return drop;
    }

    /** Null for one that is gone. */
    T get(Pointer number) {
        return all.get(Pointer.nativeValue(number));
    }

    /** How many there are, for tests. */
    int count() {
        return all.size();
    }
}
