// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Lienthong
{
    /// <summary>Takes a line of the log: its level, where in the library it was written, its text.
    /// Called on any thread, also on several at once; must be quick, and must not close a connector.
    /// What it throws is lost.</summary>
    public delegate void LogLine(LogLevel level, string target, string message);

    /// <summary>Values for the keys of the configuration, and where the log goes. For one thread at a
    /// time. What is opened with it takes a copy.</summary>
    public sealed class Config : IDisposable
    {
        // The library holds these until its last thread is gone: they are never collected.
        private static readonly lienthong_log_fn Line = OnLine;
        private static readonly lienthong_drop_fn Drop = OnDrop;
        private static readonly ConfigHandle None = new ConfigHandle();

        private readonly ConfigHandle handle;

        /// <summary>Every key at its default.</summary>
        public Config()
        {
            Call.Ready();
            IntPtr error;
            Call.Check(Native.lienthong_config_new(out handle, out error), error);
        }

        internal ConfigHandle Handle
        {
            get { return handle; }
        }

        /// <summary>The table of keys, as JSON.</summary>
        public static string Keys()
        {
            Call.Ready();
            IntPtr json, error;
            Call.Check(Native.lienthong_config_keys(out json, out error), error);
            return Call.Take(json);
        }

        /// <summary>Sets a key, e.g. "axis.url".</summary>
        public Config Set(string key, string value)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_config_set(handle, Call.Text(key), Call.Text(value), out error),
                error);
            return this;
        }

        /// <summary>The value of a key, its default where none was set; null for a secret.</summary>
        public string Get(string key)
        {
            IntPtr value, error;
            Call.Check(
                Native.lienthong_config_get(handle, Call.Text(key), out value, out error), error);
            return Call.Take(value);
        }

        /// <summary>Takes every value of a file: TOML, or the incumbent SDK's where its name ends in
        /// ".properties".</summary>
        public Config LoadFile(string path)
        {
            IntPtr error;
            Call.Check(
                Native.lienthong_config_load_file(handle, Call.Text(path), out error), error);
            return this;
        }

        /// <summary>Takes every variable LIENTHONG_... of the process's environment:
        /// LIENTHONG_AXIS_URL is axis.url. What Environment.SetEnvironmentVariable sets is .NET's
        /// own and not seen.</summary>
        public Config LoadEnvironment()
        {
            IntPtr error;
            Call.Check(Native.lienthong_config_load_environment(handle, out error), error);
            return this;
        }

        /// <summary>Lets what is opened with this config log to a delegate, up to a level. It is kept
        /// as long as anything that logs to it.</summary>
        public Config SetLog(LogLevel level, LogLine log)
        {
            if (log == null)
            {
                throw new ArgumentNullException("log");
            }
            IntPtr error;
            // Freed by OnDrop, also where this call fails.
            IntPtr kept = GCHandle.ToIntPtr(GCHandle.Alloc(log));
            Call.Check(
                Native.lienthong_config_set_log(handle, (int)level, Line, kept, Drop, out error),
                error);
            return this;
        }

        /// <summary>Frees it. What was opened with it is untouched.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        /// <summary>What stands for no config.</summary>
        internal static ConfigHandle Of(Config config)
        {
            return config == null ? None : config.handle;
        }

        private static void OnLine(IntPtr kept, int level, IntPtr target, IntPtr message)
        {
            try
            {
                LogLine log = (LogLine)GCHandle.FromIntPtr(kept).Target;
                log((LogLevel)level, Call.Read(target), Call.Read(message));
            }
            catch
            {
                // Nothing may be thrown through the library.
            }
        }

        private static void OnDrop(IntPtr kept)
        {
            GCHandle.FromIntPtr(kept).Free();
        }
    }
}
