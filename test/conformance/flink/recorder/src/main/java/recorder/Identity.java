package recorder;

import java.util.Optional;
import org.apache.flink.table.catalog.DataTypeFactory;
import org.apache.flink.table.functions.ScalarFunction;
import org.apache.flink.table.types.inference.InputTypeStrategies;
import org.apache.flink.table.types.inference.TypeInference;

/** Its argument, as a nullable value that the planner cannot know: keeps literals from being folded. */
public final class Identity extends ScalarFunction {
  public Object eval(Object value) {
    return value;
  }

  @Override
  public boolean isDeterministic() {
    return false;
  }

  @Override
  public TypeInference getTypeInference(DataTypeFactory factory) {
    return TypeInference.newBuilder()
        .inputTypeStrategy(InputTypeStrategies.sequence(InputTypeStrategies.ANY))
        .outputTypeStrategy(call -> Optional.of(call.getArgumentDataTypes().get(0).nullable()))
        .build();
  }
}
