/** Stands in for one class of Debezium; nothing else belongs here. */
@NullMarked
package io.debezium.connector.base;

import org.jspecify.annotations.NullMarked;
