package dev.agentpulse.gateway.web;

import dev.agentpulse.gateway.protocol.RestFailure;
import dev.agentpulse.gateway.protocol.RestQuery;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header Range, {@code 0-9} or {@code 10-}: another way to say limit and offset. */
final class RestRange {

    private static final Pattern RANGE = Pattern.compile("(?:items=)?(\\d{1,18})-(\\d{0,18})");

    private RestRange() {}

    /** A limit and an offset in the query string hold within the range. */
    static RestQuery apply(RestQuery query, @Nullable String header) {
        Matcher range = header == null ? null : RANGE.matcher(header.strip());
        if (range == null || !range.matches()) {
            return query;
        }
        long first = Long.parseLong(range.group(1));
        Long limit = query.limit();
        if (!range.group(2).isEmpty()) {
            long last = Long.parseLong(range.group(2));
            if (last < first) {
                throw notSatisfiable("The lower boundary must be lower than or equal to the upper boundary in the Range"
                        + " header.");
            }
            long size = last - first + 1;
            limit = limit == null ? size : Long.valueOf(Math.min(limit, size));
        }
        return new RestQuery(query.select(), query.where(), query.order(), limit, query.offset() + first);
    }

    static RestFailure notSatisfiable(String details) {
        return new RestFailure(416, "PGRST103", "Requested range not satisfiable", details, null);
    }
}
