package dev.agentpulse.guard;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.shaded.netty4.io.netty.buffer.Unpooled;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelDuplexHandler;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelFutureListener;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandlerContext;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelPromise;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.DefaultFullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.FullHttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderNames;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaderValues;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpHeaders;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpRequest;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponse;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpResponseStatus;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpServerCodec;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.HttpVersion;
import org.apache.flink.shaded.netty4.io.netty.handler.codec.http.LastHttpContent;
import org.apache.flink.shaded.netty4.io.netty.util.ReferenceCountUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands behind the HTTP codec of one connection. What {@link RequestRules} refuse is answered with 403 and
 * thrown away, and the connection ends. Answers lose the header by which Flink lets every page read
 * them, and gain those that keep them out of foreign frames.
 */
final class RestGuard extends ChannelDuplexHandler {

    private static final Logger LOG = LoggerFactory.getLogger(RestGuard.class);

    private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");

    private final RequestRules rules;
    private boolean isRefused;

    RestGuard(RequestRules rules) {
        this.rules = rules;
    }

    /** Flink puts extensions behind the handler that writes uploads to disk, which is too late. */
    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ChannelHandlerContext codec = context.pipeline().context(HttpServerCodec.class);
        String self = RestGuard.class.getSimpleName();
        if (codec != null && !context.name().equals(self)) {
            context.pipeline().remove(this);
            context.pipeline().addAfter(codec.name(), self, new RestGuard(rules));
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // whether the answer arrives changes nothing: the connection ends
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (message instanceof HttpRequest request && !isRefused) {
            Optional<String> refusal = rules.refusal(request, localAddress(context));
            if (refusal.isPresent()) {
                isRefused = true;
                LOG.warn("Refused {} {}: {}", request.method(), printable(request.uri()), printable(refusal.get()));
                context.writeAndFlush(answer(printable(refusal.get())));
            }
        }
        if (isRefused) {
            ReferenceCountUtil.release(message);
            if (message instanceof LastHttpContent) {
                // Not earlier: who is still sending would see a broken connection and no answer.
                context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        } else {
            super.channelRead(context, message);
        }
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpResponse response) {
            HttpHeaders headers = response.headers();
            headers.remove(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN);
            headers.set("X-Frame-Options", "DENY");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
        }
        super.write(context, message, promise);
    }

    private static String printable(String text) {
        return UNPRINTABLE.matcher(text).replaceAll("?");
    }

    private static FullHttpResponse answer(String sentence) {
        FullHttpResponse answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.FORBIDDEN,
                Unpooled.copiedBuffer(sentence + "\n", StandardCharsets.UTF_8));
        answer.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8")
                .set(HttpHeaderNames.CONTENT_LENGTH, answer.content().readableBytes())
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return answer;
    }

    private static String localAddress(ChannelHandlerContext context) {
        if (!(context.channel().localAddress() instanceof InetSocketAddress address) || address.getAddress() == null) {
            return "";
        }
        InetAddress ip = address.getAddress();
        return ip instanceof Inet6Address ? "[" + ip.getHostAddress() + "]" : ip.getHostAddress();
    }
}
