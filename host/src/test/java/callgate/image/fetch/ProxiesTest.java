package callgate.image.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import callgate.image.report.ImageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxiesTest {
    @TempDir private Path folder;

    @Test
    void theVariableOfTheSchemeIsUsed() {
        Map<String, String> environment =
                Map.of("http_proxy", "http://p:3128/", "HTTPS_PROXY", "q");
        assertThat(proxy(environment, "http://h/x")).endsWith("p/<unresolved>:3128");
        assertThat(proxy(environment, "https://h/x")).endsWith("q/<unresolved>:80");
        assertThat(proxy(Map.of("all_proxy", "r:1"), "https://h/x")).endsWith("r/<unresolved>:1");
        assertThat(proxy(Map.of(), "http://h/x")).isEqualTo("DIRECT");
    }

    @Test
    void someHostsAreReachedWithoutOne() {
        Map<String, String> environment =
                Map.of("http_proxy", "p:1", "no_proxy", "localhost, .in.example,out.example");
        assertThat(proxy(environment, "http://localhost/")).isEqualTo("DIRECT");
        assertThat(proxy(environment, "http://a.IN.example/")).isEqualTo("DIRECT");
        assertThat(proxy(environment, "http://out.example/")).isEqualTo("DIRECT");
        assertThat(proxy(environment, "http://about.example/")).startsWith("HTTP");
        assertThat(proxy(Map.of("http_proxy", "p:1", "no_proxy", "*"), "http://x/"))
                .isEqualTo("DIRECT");
    }

    @Test
    void aProxyThatCannotBeIsReported() throws IOException {
        try (Downloads downloads = new Downloads(folder, Map.of("http_proxy", "http://a b/"))) {
            assertThatThrownBy(() -> downloads.fetchNow(URI.create("http://h.example/x"), 10))
                    .isInstanceOf(ImageException.class)
                    .hasMessageContaining("proxy that cannot be used");
        }
    }

    private static String proxy(Map<String, String> environment, String address) {
        return new Proxies(environment).select(URI.create(address)).getFirst().toString();
    }
}
