/** The Linux-compatible kernel. */
module callgate.kernel {
    requires transitive callgate.gate;

    exports callgate.kernel;
}
