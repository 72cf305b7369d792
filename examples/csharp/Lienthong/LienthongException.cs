// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Lienthong
{
    /// <summary>A failure that the library tells of: what is wrong, and what to do next.</summary>
    /// <remarks><see cref="Exception.Message"/> is the message in English. It names ids, organs,
    /// codes and keys, never a subject or a person. Decide by <see cref="Code"/>,
    /// <see cref="Retry"/> and <see cref="WhoActs"/>, never by the text.</remarks>
    public sealed class LienthongException : Exception
    {
        private LienthongException(int code, IntPtr error)
            : base(Call.Read(Native.lienthong_error_message(error, English))
                   ?? "lienthong: error " + code,
                   code == ErrorCode.SigningFailed ? Signer.TakeThrown() : null)
        {
            Code = code;
            Name = Call.Read(Native.lienthong_error_name(error));
            MessageVietnamese = Call.Read(Native.lienthong_error_message(error, Vietnamese));
            RemoteCode = Call.Read(Native.lienthong_error_remote_code(error));
            Retry = (Retry)Native.lienthong_error_retry(error);
            WhoActs = (WhoActs)Native.lienthong_error_who_acts(error);
            Operation = Call.Read(Native.lienthong_error_operation(error));
            Findings = Call.Read(Native.lienthong_error_findings(error));
            Json = Call.Read(Native.lienthong_error_json(error));
            Dictionary<string, string> context = new Dictionary<string, string>();
            int count = (int)Native.lienthong_error_context_count(error);
            for (int i = 0; i < count; i++)
            {
                UIntPtr index = Call.Size(i);
                string name = Call.Read(Native.lienthong_error_context_name(error, index));
                context[name] = Call.Read(Native.lienthong_error_context_value(error, index));
            }
            Context = context;
        }

        internal const int English = 1;
        internal const int Vietnamese = 2;

        /// <summary>Its code: one of <see cref="ErrorCode"/>, or one that a newer library has.</summary>
        public int Code { get; private set; }

        /// <summary>The stable name of its code, e.g. "config-unknown-key".</summary>
        public string Name { get; private set; }

        /// <summary>The whole message in Vietnamese.</summary>
        public string MessageVietnamese { get; private set; }

        /// <summary>The code of the far side (the axis), as it wrote it; null where it has none.</summary>
        public string RemoteCode { get; private set; }

        /// <summary>Whether the same may be tried again.</summary>
        public Retry Retry { get; private set; }

        /// <summary>Who has to act.</summary>
        public WhoActs WhoActs { get; private set; }

        /// <summary>What was being done, e.g. "connector.send".</summary>
        public string Operation { get; private set; }

        /// <summary>Names and values that place the error: ids, organs, codes, keys.</summary>
        public IReadOnlyDictionary<string, string> Context { get; private set; }

        /// <summary>The findings behind the error, as a JSON list.</summary>
        public string Findings { get; private set; }

        /// <summary>All of it as JSON.</summary>
        public string Json { get; private set; }

        /// <summary>Makes an exception of an error, which is freed.</summary>
        internal static LienthongException Take(int code, IntPtr error)
        {
            try
            {
                return new LienthongException(code, error);
            }
            finally
            {
                Native.lienthong_error_free(error);
            }
        }
    }

    /// <summary>One of the codes that the loaded library has.</summary>
    public sealed class ErrorKind
    {
        internal ErrorKind(int code)
        {
            Code = code;
            Name = Call.Read(Native.lienthong_code_name(code));
            Message = Call.Read(Native.lienthong_code_message(code, LienthongException.English));
            MessageVietnamese =
                Call.Read(Native.lienthong_code_message(code, LienthongException.Vietnamese));
            Retry = (Retry)Native.lienthong_code_retry(code);
            WhoActs = (WhoActs)Native.lienthong_code_who_acts(code);
        }

        /// <summary>Its number.</summary>
        public int Code { get; private set; }

        /// <summary>Its stable name.</summary>
        public string Name { get; private set; }

        /// <summary>What it means and what to do next, in English.</summary>
        public string Message { get; private set; }

        /// <summary>What it means and what to do next, in Vietnamese.</summary>
        public string MessageVietnamese { get; private set; }

        /// <summary>Whether what failed with it may be tried again.</summary>
        public Retry Retry { get; private set; }

        /// <summary>Who has to act.</summary>
        public WhoActs WhoActs { get; private set; }
    }
}
