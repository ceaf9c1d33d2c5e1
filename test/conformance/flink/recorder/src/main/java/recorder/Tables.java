package recorder;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.planner.factories.TestValuesTableFactory;
import org.apache.flink.table.runtime.typeutils.ExternalTypeInfo;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.utils.LogicalTypeParser;
import org.apache.flink.table.types.utils.TypeConversions;
import org.apache.flink.types.Row;
import org.apache.flink.types.RowKind;

/** Tables whose rows are given in a request. */
final class Tables {
  private Tables() {}

  static DataType type(String text) {
    return TypeConversions.fromLogicalToDataType(LogicalTypeParser.parse(text, Tables.class.getClassLoader()));
  }

  static void add(StreamExecutionEnvironment env, StreamTableEnvironment tables, JsonNode table, ZoneId zone, boolean batch, String gate, int pauseMs) {
    String name = table.get("name").asText();
    Schema.Builder schema = Schema.newBuilder();
    List<DataTypes.Field> fields = new ArrayList<>();
    List<String> ddl = new ArrayList<>();
    for (JsonNode column : table.get("columns")) {
      String columnName = column.get("name").asText();
      if (column.has("expr")) {
        schema.columnByExpression(columnName, column.get("expr").asText());
        ddl.add("`" + columnName + "` AS " + column.get("expr").asText());
      } else {
        String spelled = column.get("type").asText();
        DataType type = type(spelled);
        List<String> keys = texts(table.get("primaryKey"));
        if (keys.contains(columnName)) {
          type = type.notNull();
          if (!spelled.toUpperCase().endsWith("NOT NULL")) spelled += " NOT NULL";
        }
        fields.add(DataTypes.FIELD(columnName, type));
        schema.column(columnName, type);
        ddl.add("`" + columnName + "` " + spelled);
      }
    }
    JsonNode watermark = table.get("watermark");
    if (watermark != null && watermark.isObject()) {
      String column = watermark.get("column").asText();
      String expression = "`" + column + "` - INTERVAL '" + watermark.path("delayMs").asLong(0) / 1000 + "."
          + String.format("%03d", watermark.path("delayMs").asLong(0) % 1000) + "' SECOND(9, 3)";
      schema.watermark(column, expression);
      ddl.add("WATERMARK FOR `" + column + "` AS " + expression);
    } else if (watermark != null) {
      String expression = watermark.asText();
      String column = table.has("rowtime") ? table.get("rowtime").asText() : expression.trim().split("[\\s`]+")[expression.trim().startsWith("`") ? 1 : 0];
      schema.watermark(column, expression);
      ddl.add("WATERMARK FOR `" + column + "` AS " + expression);
    }
    List<String> keys = texts(table.get("primaryKey"));
    if (!keys.isEmpty()) {
      schema.primaryKey(keys);
      ddl.add("PRIMARY KEY (" + keys.stream().map(k -> "`" + k + "`").collect(Collectors.joining(", ")) + ") NOT ENFORCED");
    }
    DataType rowType = DataTypes.ROW(fields).notNull();
    JsonNode ops = table.get("ops");
    List<Row> rows = new ArrayList<>();
    int index = 0;
    for (JsonNode cells : table.path("rows")) {
      Row row = new Row(kind(ops == null ? "+I" : ops.get(index).asText()), fields.size());
      for (int i = 0; i < fields.size(); i++) row.setField(i, Cells.of(cells.get(i), rowType.getChildren().get(i), zone));
      rows.add(row);
      index++;
    }
    if ("dimension".equals(table.path("kind").asText())) {
      String data = TestValuesTableFactory.registerData(rows);
      tables.executeSql("CREATE TABLE `" + name + "` (" + String.join(", ", ddl) + ") WITH ('connector' = 'values', 'bounded' = 'true', 'data-id' = '" + data + "')");
      return;
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    TypeInformation<Row> info = (TypeInformation) ExternalTypeInfo.of(rowType);
    DataStream<Row> stream = rows.isEmpty()
        ? env.fromData(List.of(blank(fields.size())), info).filter(r -> false).returns(info)
        : env.fromData(rows, info);
    if (table.has("sequence")) {
      int[] places = StreamSupport.stream(table.get("sequence").spliterator(), false).mapToInt(JsonNode::intValue).toArray();
      stream = stream.map(new Gate(gate, places, pauseMs)).returns(info);
    }
    if (ops == null && !table.path("changelog").asBoolean(false)) {
      tables.createTemporaryView(name, tables.fromDataStream(stream, schema.build()));
    } else {
      tables.createTemporaryView(name, tables.fromChangelogStream(stream, schema.build(), mode(table.path("changelogMode").asText("I,UB,UA,D"))));
    }
  }

  private static Row blank(int size) {
    return new Row(size);
  }

  private static ChangelogMode mode(String text) {
    ChangelogMode.Builder mode = ChangelogMode.newBuilder();
    for (String kind : text.split(",")) {
      switch (kind.trim()) {
        case "I": mode.addContainedKind(RowKind.INSERT); break;
        case "UB": mode.addContainedKind(RowKind.UPDATE_BEFORE); break;
        case "UA": mode.addContainedKind(RowKind.UPDATE_AFTER); break;
        case "D": mode.addContainedKind(RowKind.DELETE); break;
        default: throw new IllegalArgumentException("no kind of change " + kind);
      }
    }
    return mode.build();
  }

  static RowKind kind(String text) {
    for (RowKind kind : RowKind.values()) if (kind.shortString().equals(text)) return kind;
    throw new IllegalArgumentException("no kind of change " + text);
  }

  static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    if (list != null) for (JsonNode text : list) texts.add(text.asText());
    return texts;
  }
}
