package vn.lienthong;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Streams as callbacks. Nothing is thrown through the library: what a stream throws is kept, the
 * callback gives a failure, and after the call it is thrown again.
 */
final class Streams {
    interface Work<T> {
        T get();
    }

    private abstract static class Stream {
        private static final int PIECE = 64 * 1024;

        private final byte[] piece = new byte[PIECE];
        private Throwable thrown;

        final byte[] piece() {
            return piece;
        }

        final void keep(Throwable thrown) {
            this.thrown = thrown;
        }

        /** Makes the call and throws what the stream threw, where that was why it failed. */
        final <T> T during(Work<T> work) throws IOException {
            try {
                return work.get();
            } catch (LienthongException failure) {
                if (thrown instanceof IOException) {
                    throw (IOException) thrown;
                }
                if (thrown instanceof RuntimeException) {
                    throw (RuntimeException) thrown;
                }
                if (thrown instanceof Error) {
                    throw (Error) thrown;
                }
                throw failure;
            }
        }
    }

    static final class Source extends Stream implements Functions.ReadFn {
        private final InputStream in;

        Source(InputStream in) {
            this.in = in;
        }

        @Override
        public long read(Pointer userData, Pointer buffer, long capacity) {
            try {
                int count = in.read(piece(), 0, (int) Math.min(capacity, piece().length));
                if (count == 0) {
                    throw new IOException("the stream gives nothing and does not end");
                }
                if (count < 0) {
                    return 0;
                }
                buffer.write(0, piece(), 0, count);
                return count;
            } catch (Throwable thrown) {
                keep(thrown);
                return -1;
            }
        }
    }

    static final class Sink extends Stream implements Functions.WriteFn {
        private final OutputStream out;

        Sink(OutputStream out) {
            this.out = out;
        }

        @Override
        public int write(Pointer userData, Pointer data, long length) {
            try {
                for (long done = 0; done < length; ) {
                    int count = (int) Math.min(length - done, piece().length);
                    data.read(done, piece(), 0, count);
                    out.write(piece(), 0, count);
                    done += count;
                }
                return 0;
            } catch (Throwable thrown) {
                keep(thrown);
                return 1;
            }
        }
    }

    private Streams() {}
}
