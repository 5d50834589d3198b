package callgate.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Serves a folder over HTTP on the loopback interface, and misbehaves when told to. */
final class LocalServer implements AutoCloseable {
    /** What to do with a request. */
    enum Behaviour {
        NORMAL,
        CUT_OFF,
        SERVER_ERROR,
        REDIRECT,
        HANG
    }

    private final ServerSocket socket;
    private final Path folder;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Function<String, Behaviour> behaviour = path -> Behaviour.NORMAL;

    LocalServer(Path folder) throws IOException {
        this.folder = folder;
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    String address() {
        return "http://127.0.0.1:" + socket.getLocalPort() + "/debian";
    }

    int requests() {
        return requests.get();
    }

    void behave(Function<String, Behaviour> newBehaviour) {
        behaviour = newBehaviour;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                Thread.ofVirtual().start(() -> serve(client));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                OutputStream out = client.getOutputStream()) {
            BufferedReader in =
                    new BufferedReader(
                            new InputStreamReader(
                                    client.getInputStream(), StandardCharsets.US_ASCII));
            String path = in.readLine().split(" ")[1].replaceFirst("^/debian", "");
            while (!in.readLine().isEmpty()) {
                continue;
            }
            requests.incrementAndGet();
            answer(path, out);
        } catch (IOException | RuntimeException e) {
            return; // the client went away
        }
    }

    private void answer(String path, OutputStream out) throws IOException {
        Path file = folder.resolve(path.substring(1).replace("moved/", ""));
        Behaviour now = path.startsWith("/moved/") ? Behaviour.NORMAL : behaviour.apply(path);
        if (now == Behaviour.SERVER_ERROR || !Files.isRegularFile(file)) {
            head(out, now == Behaviour.SERVER_ERROR ? "503 Busy" : "404 Not Found", 0, "");
            return;
        }
        if (now == Behaviour.REDIRECT) {
            head(out, "302 Found", 0, "Location: /debian/moved" + path + "\r\n");
            return;
        }
        byte[] content = Files.readAllBytes(file);
        head(out, "200 OK", content.length, "");
        out.write(now == Behaviour.NORMAL ? content : Arrays.copyOf(content, content.length / 2));
        out.flush();
        if (now == Behaviour.HANG) {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static void head(OutputStream out, String status, long length, String more)
            throws IOException {
        String head =
                "HTTP/1.1 "
                        + status
                        + "\r\nContent-Length: "
                        + length
                        + "\r\nConnection: close\r\n"
                        + more
                        + "\r\n";
        out.write(head.getBytes(StandardCharsets.US_ASCII));
    }
}
