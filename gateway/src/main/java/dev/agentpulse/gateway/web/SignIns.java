package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.Identity;
import dev.agentpulse.gateway.protocol.SignInLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is here. A person whom a token names signs in with the first request, and again after half a day without one;
 * tokens that are refreshed meanwhile are no news. Nobody waits for the log, and nobody is turned away because it cannot
 * be written: it is tried again a minute later.
 */
final class SignIns {

    private static final Logger LOG = LoggerFactory.getLogger(SignIns.class);
    private static final Duration AWAY = Duration.ofHours(12);
    private static final Duration UNTIL_RETRY = Duration.ofMinutes(1);

    /** Beyond, whoever has been away for longest is forgotten, and would be written down again. */
    private static final int MOST_PEOPLE = 10_000;

    private final SignInLog log;
    private final Clock clock;
    private final Map<Person, Instant> lastSeen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Person, Instant> eldest) {
            return size() > MOST_PEOPLE;
        }
    };

    private Instant pausedUntil = Instant.MIN;

    private record Person(String name, String role) {}

    SignIns(SignInLog log, Clock clock) {
        this.log = log;
        this.clock = clock;
    }

    /** Of an identity that was verified. One without a name is an API key's, and nobody's. */
    void seen(Identity identity) {
        String name = identity.name();
        if (name == null) {
            return;
        }
        Person person = new Person(name, identity.role());
        if (isNews(person)) {
            log.write(identity).whenComplete((written, failure) -> {
                if (failure != null) {
                    LOG.warn("A sign-in could not be written down: {}", failure.getMessage());
                    retryLater(person);
                }
            });
        }
    }

    private synchronized boolean isNews(Person person) {
        Instant now = clock.instant();
        if (now.isBefore(pausedUntil)) {
            return false;
        }
        Instant last = lastSeen.put(person, now);
        return last == null || last.plus(AWAY).isBefore(now);
    }

    private synchronized void retryLater(Person person) {
        lastSeen.remove(person);
        pausedUntil = clock.instant().plus(UNTIL_RETRY);
    }
}
