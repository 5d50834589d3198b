package callgate.image.fetch;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Proxies as the environment names them: {@code http_proxy}, {@code https_proxy}, {@code
 * all_proxy}, {@code no_proxy}.
 */
final class Proxies extends ProxySelector {
    private final Map<String, String> environment;

    Proxies(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public List<Proxy> select(URI uri) {
        String value = variable(uri.getScheme().toLowerCase(Locale.ROOT) + "_proxy");
        if (value.isEmpty()) {
            value = variable("all_proxy");
        }
        if (value.isEmpty() || excluded(uri.getHost())) {
            return List.of(Proxy.NO_PROXY);
        }
        URI proxy = URI.create(value.contains("://") ? value : "http://" + value);
        if (proxy.getHost() == null) {
            throw new IllegalArgumentException("no host in \"" + value + "\"");
        }
        int port = proxy.getPort() >= 0 ? proxy.getPort() : 80;
        return List.of(
                new Proxy(
                        Proxy.Type.HTTP,
                        InetSocketAddress.createUnresolved(proxy.getHost(), port)));
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException problem) {
        // the request itself reports it
    }

    private boolean excluded(String host) {
        for (String suffix : variable("no_proxy").split(",")) {
            String name = suffix.trim().toLowerCase(Locale.ROOT);
            name = name.startsWith(".") ? name.substring(1) : name;
            String lower = host.toLowerCase(Locale.ROOT);
            if (name.equals("*")
                    || !name.isEmpty() && (lower.equals(name) || lower.endsWith("." + name))) {
                return true;
            }
        }
        return false;
    }

    private String variable(String name) {
        String value = environment.get(name);
        return value != null ? value : environment.getOrDefault(name.toUpperCase(Locale.ROOT), "");
    }
}
