package dev.agentpulse.gateway.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A read of one table or view, as its query string says; nothing in it has been compared with the catalog yet.
 *
 * @param select columns in order; empty means all of them
 * @param limit null for as many as the gateway gives
 */
public record RestQuery(
        List<SelectItem> select,
        Condition where,
        List<OrderTerm> order,
        @Nullable Long limit,
        long offset) {

    public RestQuery {
        select = List.copyOf(select);
        order = List.copyOf(order);
    }

    /** A column and its name in the answer; {@code *} stands for all columns. */
    public record SelectItem(String column, @Nullable String alias) {
        public boolean isAll() {
            return column.equals("*");
        }
    }

    /** Without {@code nulls} they come where Postgres puts them: last ascending, first descending. */
    public record OrderTerm(
            String column, boolean descending, @Nullable Nulls nulls) {}

    public enum Nulls {
        FIRST,
        LAST
    }
}
