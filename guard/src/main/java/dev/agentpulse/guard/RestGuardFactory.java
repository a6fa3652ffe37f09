package dev.agentpulse.guard;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory;
import org.apache.flink.shaded.netty4.io.netty.channel.ChannelHandler;

/** Found by Flink among the services of its class path; makes one handler for each connection. */
public final class RestGuardFactory implements InboundChannelHandlerFactory {

    /** By which other names people reach the REST port, through a proxy for instance. */
    static final ConfigOption<List<String>> ALLOWED_HOSTS = ConfigOptions.key("agentpulse.rest.allowed-hosts")
            .stringType()
            .asList()
            .defaultValues();

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public Optional<ChannelHandler> createHandler(Configuration configuration, Map<String, String> responseHeaders) {
        Set<String> names = new HashSet<>(configuration.get(ALLOWED_HOSTS));
        configuration.getOptional(RestOptions.ADDRESS).ifPresent(names::add);
        configuration.getOptional(RestOptions.BIND_ADDRESS).ifPresent(names::add);
        return Optional.of(new RestGuard(new RequestRules(names)));
    }
}
