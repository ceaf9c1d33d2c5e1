package recorder;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.types.Row;

/** Lets the rows of several tables pass in one given order: each row waits for its place in the sequence. */
final class Gate implements MapFunction<Row, Row> {
  private static final Map<String, Gate.State> STATES = new ConcurrentHashMap<>();

  private static final class State {
    int next;
  }

  private final String key;
  private final int[] places;
  private final int pauseMs;
  private int index;

  Gate(String key, int[] places, int pauseMs) {
    this.key = key;
    this.places = places;
    this.pauseMs = pauseMs;
  }

  static void close(String key) {
    STATES.remove(key);
  }

  @Override
  public Row map(Row row) throws Exception {
    State state = STATES.computeIfAbsent(key, k -> new State());
    synchronized (state) {
      while (state.next < places[index]) state.wait();
      // The rows before are on their way through the operators: they get time to arrive.
      if (pauseMs > 0) Thread.sleep(pauseMs);
      state.next = places[index] + 1;
      index++;
      state.notifyAll();
    }
    return row;
  }
}
