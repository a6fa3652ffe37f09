package dev.agentpulse.gateway.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** A request that cannot be answered, with the code and shape that PostgREST gives it. */
public final class RestFailure extends RuntimeException {

    private final int status;
    private final String code;
    private final @Nullable String details;
    private final @Nullable String hint;

    /** @param code one of PostgREST's {@code PGRST…}, or an SQLSTATE */
    public RestFailure(int status, String code, String message, @Nullable String details, @Nullable String hint) {
        // No stack trace: a client's mistake is not ours, and a flood of them must stay cheap.
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.details = details;
        this.hint = hint;
    }

    public static RestFailure unreadable(String what, String details) {
        return new RestFailure(400, "PGRST100", "\"failed to parse " + what + "\" (line 1, column 1)", details, null);
    }

    /** Something that PostgREST can do and this read-only subset cannot. */
    public static RestFailure unsupported(String what) {
        return new RestFailure(
                400, "PGRST100", what + " is not supported by this gateway", "It serves a read-only subset.", null);
    }

    public static RestFailure unknownColumn(String relation, String column) {
        return new RestFailure(400, "42703", "column " + relation + "." + column + " does not exist", null, null);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String body() {
        ObjectNode body = Json.object();
        body.put("code", code);
        body.put("details", details);
        body.put("hint", hint);
        body.put("message", getMessage());
        return body.toString();
    }
}
