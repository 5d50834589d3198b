/** The Linux-compatible kernel. */
module callgate.kernel {
    requires transitive callgate.gate;

    exports callgate.kernel;
    exports callgate.kernel.fs.tar;
}
