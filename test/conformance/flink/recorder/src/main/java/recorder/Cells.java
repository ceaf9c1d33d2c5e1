package recorder;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.types.Row;

/** Cells of JSON as the Java values that Flink takes for a type. */
final class Cells {
  private Cells() {}

  static Object of(JsonNode cell, DataType type, ZoneId zone) {
    if (cell == null || cell.isNull()) return null;
    LogicalType logical = type.getLogicalType();
    switch (logical.getTypeRoot()) {
      case BOOLEAN: return cell.isTextual() ? Boolean.valueOf(cell.asText()) : cell.booleanValue();
      case TINYINT: return Byte.valueOf(cell.asText());
      case SMALLINT: return Short.valueOf(cell.asText());
      case INTEGER: return Integer.valueOf(cell.asText());
      case BIGINT: return Long.valueOf(cell.asText());
      case FLOAT: return Float.valueOf(cell.asText());
      case DOUBLE: return Double.valueOf(cell.asText());
      case DECIMAL: return new BigDecimal(cell.asText());
      case CHAR:
      case VARCHAR: return cell.isTextual() ? cell.textValue() : cell.toString();
      case BINARY:
      case VARBINARY: return bytes(cell.asText());
      case DATE: return LocalDate.parse(cell.asText());
      case TIME_WITHOUT_TIME_ZONE: return LocalTime.parse(cell.asText());
      case TIMESTAMP_WITHOUT_TIME_ZONE: return LocalDateTime.parse(cell.asText().trim().replace(' ', 'T'));
      case TIMESTAMP_WITH_LOCAL_TIME_ZONE: return instant(cell.asText().trim(), zone);
      case ARRAY: {
        DataType element = type.getChildren().get(0);
        Object array = Array.newInstance(element.getConversionClass(), cell.size());
        for (int i = 0; i < cell.size(); i++) Array.set(array, i, of(cell.get(i), element, zone));
        return array;
      }
      case MAP: {
        List<DataType> parts = type.getChildren();
        Map<Object, Object> map = new LinkedHashMap<>();
        if (cell.isArray()) for (JsonNode pair : cell) map.put(of(pair.get(0), parts.get(0), zone), of(pair.get(1), parts.get(1), zone));
        else {
          Iterator<Map.Entry<String, JsonNode>> fields = cell.fields();
          while (fields.hasNext()) {
            Map.Entry<String, JsonNode> field = fields.next();
            map.put(of(new com.fasterxml.jackson.databind.node.TextNode(field.getKey()), parts.get(0), zone), of(field.getValue(), parts.get(1), zone));
          }
        }
        return map;
      }
      case MULTISET: {
        Map<Object, Integer> set = new HashMap<>();
        for (JsonNode pair : cell) set.put(of(pair.get(0), type.getChildren().get(0), zone), pair.get(1).intValue());
        return set;
      }
      case ROW: {
        List<DataType> parts = type.getChildren();
        List<String> names = org.apache.flink.table.types.DataType.getFieldNames(type);
        Row row = new Row(parts.size());
        for (int i = 0; i < parts.size(); i++) {
          row.setField(i, of(cell.isArray() ? cell.get(i) : cell.get(names.get(i)), parts.get(i), zone));
        }
        return row;
      }
      default: throw new IllegalArgumentException("no cells of type " + logical);
    }
  }

  private static Object bytes(String text) {
    return text.startsWith("0x") ? HexFormat.of().parseHex(text.substring(2)) : text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  /** With a Z an instant, without one local time of the zone. */
  private static Instant instant(String text, ZoneId zone) {
    String iso = text.replace(' ', 'T');
    return iso.endsWith("Z") ? Instant.parse(iso) : LocalDateTime.parse(iso).atZone(zone).toInstant();
  }
}
