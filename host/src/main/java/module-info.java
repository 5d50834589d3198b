/** Callgate for its users: sandboxes, images and the command line. */
module callgate {
    requires transitive callgate.kernel;
    requires java.net.http;
    requires org.bouncycastle.pg;
    requires org.bouncycastle.provider;
    requires org.tukaani.xz;
    requires info.picocli;
    requires jdk.unsupported; // sun.misc.Signal: host signals are passed to the guest
    requires org.jline.terminal;

    exports callgate;
    exports callgate.image;
    exports callgate.image.report;

    opens callgate.cli to
            info.picocli;
}
