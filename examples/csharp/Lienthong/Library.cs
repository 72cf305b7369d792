// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Lienthong
{
    /// <summary>The loaded library itself.</summary>
    public static class Library
    {
        /// <summary>Its version, e.g. "0.1.0".</summary>
        public static string Version
        {
            get
            {
                Call.Ready();
                return Call.Read(Native.lienthong_version());
            }
        }

        /// <summary>How many of its objects are alive in this process. For tests that look for
        /// forgotten ones.</summary>
        public static long LiveHandles
        {
            get
            {
                Call.Ready();
                return checked((long)Native.lienthong_live_handles().ToUInt64());
            }
        }

        /// <summary>Every code that an error can have.</summary>
        public static IReadOnlyList<ErrorKind> ErrorKinds()
        {
            Call.Ready();
            List<ErrorKind> kinds = new List<ErrorKind>();
            long count = (long)Native.lienthong_code_count().ToUInt64();
            for (long i = 0; i < count; i++)
            {
                kinds.Add(new ErrorKind(Native.lienthong_code_at(Call.Size(i))));
            }
            return kinds;
        }

        /// <summary>The table of finding codes, as JSON.</summary>
        public static string FindingCodes()
        {
            Call.Ready();
            IntPtr json, error;
            Call.Check(Native.lienthong_finding_codes(out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>What a JSON pointer (RFC 6901) leads to in some JSON, e.g.
        /// "/outgoing/recipients/0/state": a text as it is, anything else as JSON; null where there
        /// is nothing, or null.</summary>
        public static string JsonGet(string json, string pointer)
        {
            Call.Ready();
            IntPtr value, error;
            Call.Check(
                Native.lienthong_json_get(
                    Call.Text(json), Call.Text(pointer), out value, out error),
                error);
            return Call.Take(value);
        }

        /// <summary>The bytes of a status packet made from JSON: the value of "status" in
        /// packet.schema.json. A connector makes its statuses itself.</summary>
        /// <param name="json">The status.</param>
        /// <param name="config">Limits; null is all defaults.</param>
        public static byte[] StatusPacket(string json, Config config = null)
        {
            Call.Ready();
            IntPtr data, error;
            UIntPtr length;
            Call.Check(
                Native.lienthong_status_to_bytes(
                    Config.Of(config), Call.Text(json), out data, out length, out error),
                error);
            return Call.Take(data, length);
        }
    }
}
