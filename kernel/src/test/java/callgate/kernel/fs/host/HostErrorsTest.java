package callgate.kernel.fs.host;

import static org.assertj.core.api.Assertions.assertThat;

import callgate.kernel.abi.Errno;
import java.nio.file.NotLinkException;
import org.junit.jupiter.api.Test;

class HostErrorsTest {
    @Test
    void aLinkThatTheHostReplacedIsGone() {
        assertThat(HostErrors.errno(new NotLinkException("link"))).isEqualTo(Errno.ENOENT);
    }
}
