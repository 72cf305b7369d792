// Streams of .NET as the library reads and writes them.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Lienthong
{
    /// <summary>Lets the library read a stream or write to one, during one call.</summary>
    internal sealed class StreamCall
    {
        // A stream is not asked for more at once than stays out of the large object heap.
        private const int Piece = 64 * 1024;

        private readonly Stream stream;
        private byte[] buffer = new byte[Piece];
        private ExceptionDispatchInfo thrown;

        private StreamCall(Stream stream)
        {
            if (stream == null)
            {
                throw new ArgumentNullException("stream");
            }
            this.stream = stream;
        }

        internal delegate int Reading(lienthong_read_fn read, out IntPtr error);

        internal delegate int Writing(lienthong_write_fn write, out IntPtr error);

        internal static void Read(Stream stream, Reading work)
        {
            StreamCall call = new StreamCall(stream);
            lienthong_read_fn read = call.OnRead;
            IntPtr error;
            int code = work(read, out error);
            GC.KeepAlive(read);
            call.End(code, error);
        }

        internal static void Write(Stream stream, Writing work)
        {
            StreamCall call = new StreamCall(stream);
            lienthong_write_fn write = call.OnWrite;
            IntPtr error;
            int code = work(write, out error);
            GC.KeepAlive(write);
            call.End(code, error);
        }

        // Nothing is thrown through the library: it waits here.
        private long OnRead(IntPtr unused, IntPtr place, UIntPtr capacity)
        {
            try
            {
                int wanted = (int)Math.Min(capacity.ToUInt64(), (ulong)Piece);
                int length = stream.Read(buffer, 0, wanted);
                Marshal.Copy(buffer, 0, place, length);
                return length;
            }
            catch (Exception exception)
            {
                thrown = ExceptionDispatchInfo.Capture(exception);
                return -1;
            }
        }

        private int OnWrite(IntPtr unused, IntPtr data, UIntPtr length)
        {
            try
            {
                int size = checked((int)length.ToUInt64());
                for (int at = 0; at < size; at += Piece)
                {
                    int part = Math.Min(Piece, size - at);
                    Marshal.Copy(new IntPtr(data.ToInt64() + at), buffer, 0, part);
                    stream.Write(buffer, 0, part);
                }
                return 0;
            }
            catch (Exception exception)
            {
                thrown = ExceptionDispatchInfo.Capture(exception);
                return 1;
            }
        }

        private void End(int code, IntPtr error)
        {
            if (code != 0 && thrown != null)
            {
                Native.lienthong_error_free(error);
                thrown.Throw();
            }
            Call.Check(code, error);
        }
    }
}
