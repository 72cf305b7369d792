// SPDX-License-Identifier: Apache-2.0
using System;

namespace Lienthong
{
    /// <summary>Judges the signatures of packets by the keys signature.... of a config. One for a
    /// whole server, used by any number of threads at once: it keeps the revocation data it has
    /// fetched.</summary>
    public sealed class Verifier : IDisposable
    {
        private readonly VerifierHandle handle;

        /// <summary>A verifier; without a config nobody is trusted.</summary>
        public Verifier(Config config = null)
        {
            Call.Ready();
            IntPtr error;
            Call.Check(
                Native.lienthong_verifier_new(Config.Of(config), out handle, out error), error);
        }

        /// <summary>Reads a packet once more and judges its signatures. That one is wrong, or absent,
        /// is no exception.</summary>
        /// <param name="packet">The packet.</param>
        /// <param name="met">Whether signature.policy is satisfied.</param>
        /// <param name="at">For which time; null is now.</param>
        /// <returns>The report as JSON. Its signers may be persons: not for logs.</returns>
        public string Verify(Packet packet, out bool met, DateTimeOffset? at = null)
        {
            if (packet == null)
            {
                throw new ArgumentNullException("packet");
            }
            IntPtr report, error;
            int satisfied;
            Call.Check(
                Native.lienthong_packet_verify(
                    packet.Handle, handle, Call.Time(at), out report, out satisfied, out error),
                error);
            met = satisfied != 0;
            return Call.Take(report);
        }

        /// <summary>Frees it.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
