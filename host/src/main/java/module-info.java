/** Callgate for its users: sandboxes, images and the command line. */
module callgate {
    requires transitive callgate.kernel;

    exports callgate;
}
