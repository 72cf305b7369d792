// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Lienthong
{
    /// <summary>Signs a message, some kilobytes; its digest is this delegate's work. Gives the
    /// signature. Called on the thread of the call that signs, so from several at once.</summary>
    /// <remarks>RSA: as many bytes as the modulus. ECDSA: r and s side by side, not DER. What it
    /// throws is the InnerException of the <see cref="LienthongException"/> that the call throws.
    /// </remarks>
    public delegate byte[] SignMessage(byte[] message);

    /// <summary>Who signs. Any number of threads may use it.</summary>
    public sealed class Signer : IDisposable
    {
        // The library holds these until nobody signs any more: they are never collected.
        private static readonly lienthong_sign_fn Sign = OnSign;
        private static readonly lienthong_drop_fn Drop = OnDrop;

        [ThreadStatic]
        private static Exception thrown;

        private readonly SignerHandle handle;

        /// <summary>The key file of a config: signature.key_file and its companions.</summary>
        public Signer(Config config)
        {
            if (config == null)
            {
                throw new ArgumentNullException("config");
            }
            IntPtr error;
            Call.Check(
                Native.lienthong_signer_from_config(config.Handle, out handle, out error), error);
        }

        /// <summary>A key in a token or a service.</summary>
        /// <param name="algorithm">A word of signature.algorithm, e.g. "ecdsa-sha256".</param>
        /// <param name="certificates">In DER, one directly behind the other: that of the key, then
        /// each followed by its issuer.</param>
        /// <param name="sign">Makes the signatures; it is kept as long as anything signs with it.
        /// </param>
        public Signer(string algorithm, byte[] certificates, SignMessage sign)
        {
            if (sign == null)
            {
                throw new ArgumentNullException("sign");
            }
            Call.Ready();
            byte[] word = Call.Text(algorithm);
            IntPtr error;
            // Freed by OnDrop, also where this call fails.
            IntPtr kept = GCHandle.ToIntPtr(GCHandle.Alloc(sign));
            Call.Check(
                Native.lienthong_signer_from_callback(
                    word, certificates, Call.Length(certificates), Sign, kept, Drop, out handle,
                    out error),
                error);
        }

        internal SignerHandle Handle
        {
            get { return handle; }
        }

        /// <summary>Writes a packet into a new file, signed, sealed or both, and gives its length.
        /// Every other byte stays as it is.</summary>
        /// <param name="packet">The packet.</param>
        /// <param name="what">What is put over it.</param>
        /// <param name="path">The new file; one that is there already is left alone.</param>
        /// <param name="at">The time that the signature claims (XAdES-B); null leaves it out.</param>
        public long Save(Packet packet, Signing what, string path, DateTimeOffset? at = null)
        {
            if (packet == null)
            {
                throw new ArgumentNullException("packet");
            }
            ulong length;
            IntPtr error;
            Call.Check(
                Native.lienthong_packet_sign_to_path(
                    packet.Handle, handle, (int)what, Call.Time(at), Call.Text(path), out length,
                    out error),
                error);
            return checked((long)length);
        }

        /// <summary>The bytes of a packet, signed, sealed or both.</summary>
        public byte[] ToBytes(Packet packet, Signing what, DateTimeOffset? at = null)
        {
            if (packet == null)
            {
                throw new ArgumentNullException("packet");
            }
            IntPtr data, error;
            UIntPtr length;
            Call.Check(
                Native.lienthong_packet_sign_to_bytes(
                    packet.Handle, handle, (int)what, Call.Time(at), out data, out length,
                    out error),
                error);
            return Call.Take(data, length);
        }

        /// <summary>Frees it. It goes on signing for the connectors that were opened with it.
        /// </summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        /// <summary>What a delegate threw on this thread, once.</summary>
        internal static Exception TakeThrown()
        {
            Exception taken = thrown;
            thrown = null;
            return taken;
        }

        private static int OnSign(
            IntPtr kept, IntPtr message, UIntPtr length, IntPtr place, UIntPtr capacity,
            out UIntPtr written)
        {
            written = UIntPtr.Zero;
            try
            {
                thrown = null;
                SignMessage sign = (SignMessage)GCHandle.FromIntPtr(kept).Target;
                byte[] bytes = new byte[checked((int)length.ToUInt64())];
                Marshal.Copy(message, bytes, 0, bytes.Length);
                byte[] signature = sign(bytes);
                if ((ulong)signature.LongLength > capacity.ToUInt64())
                {
                    throw new InvalidOperationException("the signature is too long");
                }
                Marshal.Copy(signature, 0, place, signature.Length);
                written = Call.Size(signature.Length);
                return 0;
            }
            catch (Exception exception)
            {
                thrown = exception;
                return 1;
            }
        }

        private static void OnDrop(IntPtr kept)
        {
            GCHandle.FromIntPtr(kept).Free();
        }
    }
}
