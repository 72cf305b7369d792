// What every object here stands on: handles that are freed once, texts in UTF-8, errors thrown.
// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Lienthong
{
    /// <summary>A handle of the library. The runtime keeps it through calls under way in other
    /// threads, frees it once, and refuses it afterwards (ObjectDisposedException).</summary>
    internal abstract class Handle : SafeHandle
    {
        protected Handle() : base(IntPtr.Zero, true)
        {
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }
    }

    /// <summary>Turns arguments and results from what the library has into what .NET has.</summary>
    internal static class Call
    {
        // What is no text is refused, not replaced.
        private static readonly Encoding Utf8 = new UTF8Encoding(false, true);
        private static volatile bool matches;

        /// <summary>Before the first call of its kind: the library has to be the one that this was
        /// made for.</summary>
        internal static void Ready()
        {
            if (matches)
            {
                return;
            }
            uint found = Native.lienthong_abi_version();
            if (found != Native.AbiVersion)
            {
                throw new DllNotFoundException(
                    "The " + Native.Library + " that was found has interface " + found
                    + "; this wrapper was made for " + Native.AbiVersion + ".");
            }
            matches = true;
        }

        internal static void Check(int code, IntPtr error)
        {
            if (code != 0)
            {
                throw LienthongException.Take(code, error);
            }
        }

        /// <summary>A text as the library takes it; null stays null.</summary>
        internal static byte[] Text(string text)
        {
            if (text == null)
            {
                return null;
            }
            if (text.IndexOf('\0') >= 0)
            {
                throw new ArgumentException("A text for the library must not contain a NUL.");
            }
            byte[] bytes = new byte[Utf8.GetByteCount(text) + 1];
            Utf8.GetBytes(text, 0, text.Length, bytes, 0);
            return bytes;
        }

        /// <summary>A text that the library keeps; null stays null.</summary>
        internal static string Read(IntPtr text)
        {
            if (text == IntPtr.Zero)
            {
                return null;
            }
            int length = 0;
            while (Marshal.ReadByte(text, length) != 0)
            {
                length++;
            }
            return Utf8.GetString(Bytes(text, length));
        }

        /// <summary>A text that the library gave, freed here; null stays null.</summary>
        internal static string Take(IntPtr text)
        {
            try
            {
                return Read(text);
            }
            finally
            {
                Native.lienthong_string_free(text);
            }
        }

        internal static byte[] Take(IntPtr data, UIntPtr length)
        {
            try
            {
                return Bytes(data, checked((int)length.ToUInt64()));
            }
            finally
            {
                Native.lienthong_bytes_free(data, length);
            }
        }

        internal static UIntPtr Size(long number)
        {
            return new UIntPtr(checked((ulong)number));
        }

        internal static UIntPtr Length(byte[] data)
        {
            return Size(data == null ? 0 : data.LongLength);
        }

        internal static long Millis(TimeSpan time)
        {
            return time.Ticks / TimeSpan.TicksPerMillisecond;
        }

        /// <summary>Milliseconds since 1970; 0 where there is none.</summary>
        internal static long Time(DateTimeOffset? time)
        {
            return time == null ? 0 : time.Value.ToUnixTimeMilliseconds();
        }

        private static byte[] Bytes(IntPtr data, int length)
        {
            byte[] bytes = new byte[length];
            Marshal.Copy(data, bytes, 0, length);
            return bytes;
        }
    }

    /// <summary>A list of texts in memory that the library can read during a call.</summary>
    internal sealed class TextList : IDisposable
    {
        private readonly GCHandle[] pins;

        internal TextList(string[] texts)
        {
            texts = texts ?? new string[0];
            pins = new GCHandle[texts.Length];
            Pointers = new IntPtr[texts.Length];
            try
            {
                for (int i = 0; i < texts.Length; i++)
                {
                    pins[i] = GCHandle.Alloc(Call.Text(texts[i]), GCHandleType.Pinned);
                    Pointers[i] = pins[i].AddrOfPinnedObject();
                }
            }
            catch
            {
                Dispose();
                throw;
            }
        }

        internal IntPtr[] Pointers { get; private set; }

        internal UIntPtr Count
        {
            get { return Call.Size(pins.Length); }
        }

        public void Dispose()
        {
            for (int i = 0; i < pins.Length; i++)
            {
                if (pins[i].IsAllocated)
                {
                    pins[i].Free();
                }
            }
        }
    }
}
