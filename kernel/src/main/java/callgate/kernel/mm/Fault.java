package callgate.kernel.mm;

/** What became of an access that the page table did not allow. */
public enum Fault {
    /** The page is there now: the access is to be tried again. */
    RESOLVED,
    /** No region holds the address: SIGSEGV with SEGV_MAPERR. */
    NOT_MAPPED,
    /** The region does not allow the access: SIGSEGV with SEGV_ACCERR. */
    NOT_ALLOWED,
    /** Beyond the end of the mapped file, or it could not be read: SIGBUS with BUS_ADRERR. */
    NO_DATA,
    /**
     * Physical memory is exhausted: in guest code an OOM kill of the task, in a system call ENOMEM.
     */
    OUT_OF_MEMORY
}
