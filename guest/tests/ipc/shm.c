/* System V shared memory. */
#include "../check.h"

#include <sys/ipc.h>
#include <sys/shm.h>

int main(void) {
    struct shmid_ds ds;
    key_t key = 0x43470000 + (getpid() & 0xffff);
    CHECK_ERRNO(shmget(key, 4096, 0600), ENOENT);
    CHECK_ERRNO(shmget(key, 0, IPC_CREAT | 0600), EINVAL);
    int id = MUST(shmget(key, 5000, IPC_CREAT | IPC_EXCL | 0640));
    CHECK_ERRNO(shmget(key, 4096, IPC_CREAT | IPC_EXCL | 0600), EEXIST);
    CHECK_EQ(shmget(key, 5000, 0600), id);
    CHECK_ERRNO(shmget(key, 100000, 0600), EINVAL);
    CHECK_EQ(shmctl(id, IPC_STAT, &ds), 0);
    CHECK(ds.shm_segsz == 5000 && ds.shm_nattch == 0 && ds.shm_cpid == getpid() && ds.shm_perm.mode == 0640);
    CHECK(ds.shm_perm.__key == key && ds.shm_perm.uid == geteuid() && ds.shm_atime == 0 && ds.shm_ctime > 0);

    /* Two places and a child see the same bytes. */
    char *a = MUST(shmat(id, NULL, 0)), *b = MUST(shmat(id, NULL, SHM_RDONLY));
    CHECK(a != b && a[0] == 0 && a[8191] == 0);
    strcpy(a, "shared");
    CHECK(!strcmp(b, "shared"));
    CHECK(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch == 2 && ds.shm_lpid == getpid() && ds.shm_atime > 0);
    CHECK_EQ(IN_CHILD({
        CHECK(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch == 4);
        strcpy(a, "child");
        CHECK_EQ(shmdt(b), 0);
        CHECK(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch == 3);
    }), 0);
    CHECK(!strcmp(b, "child"));
    CHECK(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch == 2);
    CHECK_EQ(IN_CHILD({ b[0] = 'x'; }), 1000 + SIGSEGV);

    /* Places. */
    CHECK_ERRNO(shmat(id, a + 1, 0), EINVAL);
    CHECK_ERRNO(shmat(id, a, 0), EINVAL); /* something is there */
    CHECK_ERRNO(shmat(id, NULL, SHM_REMAP), EINVAL);
    CHECK(shmat(id, b, SHM_REMAP) == b && (b[4] = 'D'));
    CHECK_ERRNO(shmdt(a + 4096), EINVAL);
    CHECK_EQ(shmdt(b), 0);
    CHECK(shmat(id, b + 10, SHM_RND) == b);
    CHECK_EQ(shmdt(b), 0);
    CHECK_ERRNO(shmdt(b), EINVAL);
    CHECK(!strcmp(a, "chilD"));

    /* Rights. */
    CHECK_EQ(IN_CHILD({
        MUST(setgid(12345));
        MUST(setuid(12345));
        CHECK_ERRNO(shmat(id, NULL, SHM_RDONLY), EACCES);
        CHECK_ERRNO(shmget(key, 0, 0400), EACCES);
        CHECK_ERRNO(shmctl(id, IPC_STAT, &ds), EACCES);
        CHECK_ERRNO(shmctl(id, IPC_RMID, NULL), EPERM);
    }), 0);
    ds.shm_perm.mode = 0604;
    CHECK_EQ(shmctl(id, IPC_SET, &ds), 0);
    CHECK_EQ(IN_CHILD({
        MUST(setgid(12345));
        MUST(setuid(12345));
        char *c = MUST(shmat(id, NULL, SHM_RDONLY));
        CHECK(!strcmp(c, "chilD"));
        CHECK_ERRNO(shmat(id, NULL, 0), EACCES);
    }), 0);

    /* Removed: it goes on as long as somebody has it. */
    CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
    CHECK_ERRNO(shmget(key, 0, 0), ENOENT);
    CHECK(shmctl(id, IPC_STAT, &ds) == 0 && (ds.shm_perm.mode & SHM_DEST) && ds.shm_perm.__key == 0);
    CHECK(!strcmp(a, "chilD"));
    CHECK_EQ(shmdt(a), 0);
    CHECK_ERRNO(shmctl(id, IPC_STAT, &ds), EINVAL);
    CHECK_ERRNO(shmat(id, NULL, 0), EINVAL);
    CHECK_ERRNO(shmctl(id, IPC_RMID, NULL), EINVAL);

    /* The end of a process detaches. */
    id = MUST(shmget(IPC_PRIVATE, 1 << 20, 0600));
    CHECK_EQ(IN_CHILD({ memset(MUST(shmat(id, NULL, 0)), 7, 1 << 20); }), 0);
    a = MUST(shmat(id, NULL, 0));
    CHECK_EQ(a[(1 << 20) - 1], 7);
    CHECK_EQ(shmctl(id, IPC_RMID, NULL), 0);
    CHECK(shmctl(id, IPC_STAT, &ds) == 0 && ds.shm_nattch == 1);
    return done();
}
