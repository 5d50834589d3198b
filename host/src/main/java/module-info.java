/** Callgate for its users: sandboxes, images and the command line. */
module callgate {
    requires transitive callgate.kernel;
    requires info.picocli;
    requires java.net.http;
    requires org.bouncycastle.pg;
    requires org.bouncycastle.provider;
    requires org.tukaani.xz;

    exports callgate;
    exports callgate.image;
    exports callgate.image.report;

    opens callgate.cli to info.picocli;
}
