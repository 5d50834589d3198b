package callgate.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UsersTest {
    private final Users users =
            new Users(
                    "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice:/home/alice:/bin/sh\nbroken line\n",
                    "root:x:0:\nalice:x:1000:\naudio:x:29:bob,alice\nvideo:x:44:bob\n");

    @Test
    void aNameHasItsGroupsAndHome() throws StartException {
        Users.Identity alice = users.resolve("alice");
        assertThat(alice.credentials().uid()).isEqualTo(1000);
        assertThat(alice.credentials().gid()).isEqualTo(1000);
        assertThat(alice.credentials().groups()).containsExactly(29);
        assertThat(alice.credentials().effective()).isZero();
        assertThat(alice.home()).isEqualTo("/home/alice");
    }

    @Test
    void noUserIsRootWithAllCapabilities() throws StartException {
        Users.Identity root = users.resolve(null);
        assertThat(root.credentials().uid()).isZero();
        assertThat(root.credentials().effective()).isNotZero();
        assertThat(root.home()).isEqualTo("/root");
    }

    @Test
    void numbersNeedNoEntry() throws StartException {
        Users.Identity stranger = users.resolve("4711:29");
        assertThat(stranger.credentials().uid()).isEqualTo(4711);
        assertThat(stranger.credentials().gid()).isEqualTo(29);
        assertThat(stranger.home()).isEqualTo("/");
        assertThat(users.resolve("1000").credentials().gid()).isEqualTo(1000);
    }

    @Test
    void unknownNamesAreExplained() {
        assertThatThrownBy(() -> users.resolve("mallory"))
                .hasMessageContaining("mallory")
                .isInstanceOf(StartException.class);
        assertThatThrownBy(() -> users.resolve("alice:wheel")).hasMessageContaining("wheel");
    }
}
