package callgate.image.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Moves the bytes of one address, once. Safe for use by many threads. */
final class Transfer implements AutoCloseable {
    /** Trying again will not help. */
    static final class PermanentException extends IOException {
        private static final long serialVersionUID = 1L;

        PermanentException(String message) {
            super(message);
        }
    }

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);

    /** A transfer that brings nothing for so long has stalled. */
    private static final Duration STALL_TIMEOUT = Duration.ofSeconds(30);

    private final Map<String, String> environment;
    private HttpClient client;

    Transfer(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Copies what is at the address, at most so many bytes; more is an error. */
    void copy(URI address, OutputStream out, long maxBytes, LongConsumer received)
            throws IOException {
        switch (address.getScheme() == null ? "" : address.getScheme()) {
            case "http", "https" -> copyHttp(address, out, maxBytes, received);
            case "file" -> copyFile(address, out, maxBytes, received);
            default ->
                    throw new PermanentException(
                            "only http:, https: and file: addresses are possible");
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
    }

    private void copyFile(URI address, OutputStream out, long maxBytes, LongConsumer received)
            throws IOException {
        try (InputStream in = Files.newInputStream(Path.of(address))) {
            byte[] buffer = new byte[1 << 16];
            long total = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                total += count;
                refuseMore(total, maxBytes);
                out.write(buffer, 0, count);
                received.accept(count);
            }
        } catch (NoSuchFileException e) {
            throw new PermanentException("there is no such file");
        } catch (IllegalArgumentException e) {
            throw new PermanentException("not a usable file: address, " + e.getMessage());
        }
    }

    private void copyHttp(URI address, OutputStream out, long maxBytes, LongConsumer received)
            throws IOException {
        HttpRequest request =
                HttpRequest.newBuilder(address)
                        .header("User-Agent", "callgate")
                        .timeout(STALL_TIMEOUT.plus(CONNECT_TIMEOUT))
                        .build();
        AtomicLong moved = new AtomicLong();
        int status =
                await(
                                send(
                                        request,
                                        info -> {
                                            boolean good = info.statusCode() == 200;
                                            return new Receiver(
                                                    good ? out : OutputStream.nullOutputStream(),
                                                    good ? maxBytes : Long.MAX_VALUE,
                                                    moved,
                                                    good ? received : count -> {});
                                        }),
                                moved)
                        .statusCode();
        if (status == 408 || status == 429 || status >= 500) {
            throw new IOException("the server answers with HTTP status " + status);
        }
        if (status != 200) {
            throw new PermanentException("the server answers with HTTP status " + status);
        }
    }

    private CompletableFuture<HttpResponse<Void>> send(
            HttpRequest request, HttpResponse.BodyHandler<Void> handler) throws PermanentException {
        try {
            return client().sendAsync(request, handler);
        } catch (IllegalArgumentException e) {
            throw new PermanentException(
                    "the environment names a proxy that cannot be used: " + e.getMessage());
        }
    }

    private static <T> T await(CompletableFuture<T> response, AtomicLong moved) throws IOException {
        long before = -1;
        while (true) {
            try {
                return response.get(STALL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                if (moved.get() == before) {
                    response.cancel(true);
                    throw new IOException(
                            "nothing came for " + STALL_TIMEOUT.toSeconds() + " seconds", e);
                }
                before = moved.get();
            } catch (InterruptedException e) {
                response.cancel(true);
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } catch (ExecutionException e) {
                if (e.getCause() instanceof PermanentException permanent) {
                    throw new PermanentException(permanent.getMessage());
                }
                throw new IOException(describe(e.getCause()), e);
            }
        }
    }

    /** In words, where the library throws without any. */
    private static String describe(Throwable problem) {
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException
                    || cause instanceof UnknownHostException) {
                return "the name of the host is not known";
            }
            if (cause.getMessage() != null) {
                return cause.getMessage();
            }
        }
        boolean refused = problem instanceof ConnectException;
        return refused
                ? "no connection to the host or its proxy"
                : problem.getClass().getSimpleName();
    }

    private static void refuseMore(long total, long maxBytes) throws PermanentException {
        if (total > maxBytes) {
            throw new PermanentException("it is longer than the " + maxBytes + " bytes expected");
        }
    }

    private synchronized HttpClient client() {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .connectTimeout(CONNECT_TIMEOUT)
                            .followRedirects(HttpClient.Redirect.NORMAL)
                            .proxy(new Proxies(environment))
                            .version(HttpClient.Version.HTTP_1_1)
                            .build();
        }
        return client;
    }

    /** Writes a body as it comes. */
    private static final class Receiver implements HttpResponse.BodySubscriber<Void> {
        private final OutputStream out;
        private final long maxBytes;
        private final AtomicLong moved;
        private final LongConsumer received;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        private Flow.Subscription subscription;
        private long total;

        Receiver(OutputStream out, long maxBytes, AtomicLong moved, LongConsumer received) {
            this.out = out;
            this.maxBytes = maxBytes;
            this.moved = moved;
            this.received = received;
        }

        @Override
        public CompletionStage<Void> getBody() {
            return done;
        }

        @Override
        public void onSubscribe(Flow.Subscription newSubscription) {
            subscription = newSubscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(List<ByteBuffer> buffers) {
            if (done.isDone()) {
                return;
            }
            try {
                for (ByteBuffer buffer : buffers) {
                    byte[] bytes = new byte[buffer.remaining()];
                    buffer.get(bytes);
                    total += bytes.length;
                    refuseMore(total, maxBytes);
                    out.write(bytes);
                    moved.addAndGet(bytes.length);
                    received.accept(bytes.length);
                }
            } catch (IOException e) {
                subscription.cancel();
                done.completeExceptionally(e);
            }
        }

        @Override
        public void onError(Throwable problem) {
            done.completeExceptionally(problem);
        }

        @Override
        public void onComplete() {
            done.complete(null);
        }
    }
}
