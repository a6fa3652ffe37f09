package dev.agentpulse.udf.table;

import java.util.List;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.table.types.DataType;
import org.apache.flink.types.Row;

/** Stream types for the columns that our tables have. */
final class RowTypes {

    private RowTypes() {}

    static TypeInformation<Row> named(List<String> names, List<DataType> types) {
        return Types.ROW_NAMED(
                names.toArray(String[]::new), types.stream().map(RowTypes::of).toArray(TypeInformation<?>[]::new));
    }

    private static TypeInformation<?> of(DataType type) {
        return switch (type.getLogicalType().getTypeRoot()) {
            case BIGINT -> Types.LONG;
            case INTEGER -> Types.INT;
            case BOOLEAN -> Types.BOOLEAN;
            case VARCHAR -> Types.STRING;
            case ARRAY -> Types.OBJECT_ARRAY(Types.STRING);
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> Types.INSTANT;
            default -> throw new IllegalArgumentException("no stream type is known for column type " + type);
        };
    }
}
