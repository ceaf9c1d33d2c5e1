package recorder;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.api.internal.TableResultInternal;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.utils.print.RowDataToStringConverter;
import org.apache.flink.util.CloseableIterator;

/** Answers SQL requests, one JSON object a line, with what Apache Flink says. */
public final class Oracle {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TIMEOUT_SECONDS = Integer.getInteger("recorder.timeout", 60);
  private static final int THREADS = 8;
  private static final int CHUNK = 10;
  private final MiniCluster cluster;
  private final ExecutorService worker = Executors.newCachedThreadPool(r -> {
    Thread thread = new Thread(r);
    thread.setDaemon(true);
    return thread;
  });

  private Oracle(MiniCluster cluster) {
    this.cluster = cluster;
  }

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    // What Flink prints must not come between the answers.
    System.setOut(System.err);
    Configuration configuration = new Configuration();
    configuration.setString("rest.port", "0");
    configuration.setString("rest.bind-port", "0");
    configuration.setString("restart-strategy.type", "none");
    configuration.setString("taskmanager.memory.managed.size", "512mb");
    configuration.setString("taskmanager.memory.network.min", "64mb");
    configuration.setString("taskmanager.memory.network.max", "64mb");
    MiniCluster cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
        .setConfiguration(configuration).setNumTaskManagers(1).setNumSlotsPerTaskManager(16).build());
    cluster.start();
    Oracle oracle = new Oracle(cluster);
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (line.isBlank()) continue;
      JsonNode request = JSON.readTree(line);
      out.println(JSON.writeValueAsString(oracle.answer(request)));
    }
    System.exit(0);
  }

  private ObjectNode answer(JsonNode request) {
    ObjectNode answer = JSON.createObjectNode();
    answer.set("id", request.get("id"));
    CompletableFuture<Void> work = CompletableFuture.runAsync(() -> {
      try {
        if (request.has("exprs")) new Expressions(request).run(answer);
        else if (request.path("explain").asBoolean(false)) answer.put("plan", open(request).explainSql(request.get("sql").asText()));
        else query(request, answer);
      } catch (Throwable e) {
        answer.put("error", message(e));
      }
    }, worker);
    try {
      work.get(request.has("exprs") ? 3600 : TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      cluster.listJobs().join().forEach(job -> { if (!job.getJobState().isTerminalState()) cluster.cancelJob(job.getJobId()).join(); });
      ObjectNode late = JSON.createObjectNode();
      late.set("id", request.get("id"));
      late.put("error", "timeout");
      return late;
    } catch (Exception e) {
      answer.put("error", message(e));
    }
    Gate.close(String.valueOf(request.get("id")));
    return answer;
  }

  private StreamTableEnvironment open(JsonNode request) {
    boolean batch = !"streaming".equals(request.path("mode").asText("batch"));
    Configuration configuration = new Configuration();
    configuration.set(ExecutionOptions.RUNTIME_MODE, batch ? RuntimeExecutionMode.BATCH : RuntimeExecutionMode.STREAMING);
    // 0: a watermark behind each row that raises it.
    configuration.setString("pipeline.auto-watermark-interval", "0");
    configuration.setString("table.exec.source.idle-timeout", "0");
    StreamExecutionEnvironment env = new TestStreamEnvironment(cluster, 1);
    env.configure(configuration, Oracle.class.getClassLoader());
    env.getConfig().setAutoWatermarkInterval(0);
    env.setBufferTimeout(0);
    env.setRuntimeMode(batch ? RuntimeExecutionMode.BATCH : RuntimeExecutionMode.STREAMING);
    StreamTableEnvironment tables = StreamTableEnvironment.create(env);
    String zone = request.path("timeZone").asText("UTC");
    tables.getConfig().set("table.local-time-zone", zone);
    tables.getConfig().set("table.exec.resource.default-parallelism", "1");
    tables.getConfig().set("pipeline.auto-watermark-interval", "0");
    Iterator<Map.Entry<String, JsonNode>> settings = request.path("config").fields();
    while (settings.hasNext()) {
      Map.Entry<String, JsonNode> setting = settings.next();
      tables.getConfig().set(setting.getKey(), setting.getValue().asText());
    }
    ZoneId id = ZoneId.of(zone);
    for (JsonNode table : request.path("tables")) {
      Tables.add(env, tables, table, id, batch, String.valueOf(request.get("id")), request.path("pauseMs").asInt(20));
    }
    for (JsonNode view : request.path("views")) {
      tables.createTemporaryView(view.get("name").asText(), tables.sqlQuery(view.get("sql").asText()));
    }
    for (JsonNode statement : request.path("setup")) tables.executeSql(statement.asText());
    return tables;
  }

  private void query(JsonNode request, ObjectNode answer) throws Exception {
    StreamTableEnvironment tables = open(request);
    TableResult result = tables.executeSql(request.get("sql").asText());
    ArrayNode columns = answer.putArray("columns");
    for (Column column : result.getResolvedSchema().getColumns()) {
      ObjectNode entry = columns.addObject();
      entry.put("name", column.getName());
      entry.put("type", column.getDataType().getLogicalType().asSummaryString());
    }
    ArrayNode rows = answer.putArray("rows");
    for (Change change : changes(result)) {
      ArrayNode row = rows.addArray();
      row.add(change.kind);
      for (String cell : change.cells) row.add(cell);
    }
  }

  private static final class Change {
    final String kind;
    final String[] cells;

    Change(String kind, String[] cells) {
      this.kind = kind;
      this.cells = cells;
    }
  }

  private static List<Change> changes(TableResult result) throws Exception {
    TableResultInternal inner = (TableResultInternal) result;
    RowDataToStringConverter converter = inner.getRowDataToStringConverter();
    List<Change> changes = new ArrayList<>();
    try (CloseableIterator<RowData> rows = inner.collectInternal()) {
      while (rows.hasNext()) {
        RowData row = rows.next();
        String[] texts = converter.convert(row);
        for (int i = 0; i < texts.length; i++) if (row.isNullAt(i)) texts[i] = null;
        changes.add(new Change(row.getRowKind().shortString(), texts));
      }
    }
    return changes;
  }

  /** The messages of all causes, shortest first lines only. */
  private static String message(Throwable error) {
    StringBuilder text = new StringBuilder();
    String last = "";
    for (Throwable cause = error; cause != null; cause = cause.getCause()) {
      String line = String.valueOf(cause.getMessage());
      if (line.length() > 600) line = line.substring(0, 600);
      if (line.equals(last) || last.contains(line)) continue;
      if (text.length() > 0) text.append(" | ");
      text.append(cause.getClass().getSimpleName()).append(": ").append(line);
      last = line;
    }
    return text.toString();
  }

  /** Many expressions in one request: as few jobs as errors allow, several at a time because a failing job mostly waits. */
  private final class Expressions {
    private final JsonNode request;
    private final String from;
    private final List<String> expressions = new ArrayList<>();
    private final ObjectNode[] answers;

    Expressions(JsonNode request) {
      this.request = request;
      this.from = request.has("from") ? " FROM " + request.get("from").asText() : "";
      boolean rows = request.path("hideLiterals").asBoolean(false);
      request.get("exprs").forEach(e -> expressions.add(rows ? Literals.hide(e.asText()) : e.asText()));
      this.answers = new ObjectNode[expressions.size()];
    }

    void run(ObjectNode answer) throws Exception {
      ExecutorService pool = Executors.newFixedThreadPool(THREADS);
      ThreadLocal<StreamTableEnvironment> own = ThreadLocal.withInitial(() -> {
        StreamTableEnvironment tables = open(request);
        tables.createTemporarySystemFunction("ID", new Identity());
        return tables;
      });
      List<java.util.concurrent.Future<?>> parts = new ArrayList<>();
      for (int start = 0; start < answers.length; start += CHUNK) {
        int from = start;
        int to = Math.min(start + CHUNK, answers.length);
        parts.add(pool.submit(() -> part(own.get(), from, to)));
      }
      for (java.util.concurrent.Future<?> part : parts) part.get();
      pool.shutdown();
      ArrayNode list = answer.putArray("results");
      for (ObjectNode entry : answers) list.add(entry);
    }

    private void part(StreamTableEnvironment tables, int from, int to) {
      List<Integer> valid = new ArrayList<>();
      for (int i = from; i < to; i++) {
        answers[i] = JSON.createObjectNode();
        try {
          answers[i].put("type", tables.sqlQuery("SELECT " + expressions.get(i) + this.from)
              .getResolvedSchema().getColumns().get(0).getDataType().getLogicalType().asSummaryString());
          valid.add(i);
        } catch (Throwable e) {
          answers[i].put("error", message(e)).put("when", "validate");
        }
      }
      evaluate(tables, valid);
    }

    private void evaluate(StreamTableEnvironment tables, List<Integer> part) {
      if (part.isEmpty()) return;
      StringBuilder sql = new StringBuilder("SELECT ");
      for (int i = 0; i < part.size(); i++) sql.append(i == 0 ? "" : ", ").append(expressions.get(part.get(i))).append(" AS c").append(i);
      try {
        List<Change> rows = changes(tables.executeSql(sql + from));
        for (int i = 0; i < part.size(); i++) {
          if (rows.size() == 1) answers[part.get(i)].put("text", rows.get(0).cells[i]);
          else {
            ArrayNode texts = answers[part.get(i)].putArray("texts");
            for (Change row : rows) texts.add(row.cells[i]);
          }
        }
      } catch (Throwable e) {
        if (part.size() == 1) answers[part.get(0)].put("error", message(e)).put("when", "run");
        else {
          int middle = part.size() / 2;
          evaluate(tables, part.subList(0, middle));
          evaluate(tables, part.subList(middle, part.size()));
        }
      }
    }
  }
}
