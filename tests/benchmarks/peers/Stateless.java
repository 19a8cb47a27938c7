import static org.drools.model.DSL.declarationOf;
import static org.drools.model.DSL.on;
import static org.drools.model.PatternDSL.alphaIndexedBy;
import static org.drools.model.PatternDSL.pattern;
import static org.drools.model.PatternDSL.rule;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.drools.model.Index.ConstraintType;
import org.drools.model.PatternDSL.PatternDef;
import org.drools.model.Rule;
import org.drools.model.Variable;
import org.drools.model.functions.Block1;
import org.drools.model.impl.ModelImpl;
import org.drools.modelcompiler.KieBaseBuilder;
import org.kie.api.runtime.StatelessKieSession;

/**
 * S as three rules of Drools' executable model, which is what its compiler makes of DRL; the jar at hand has that model but no compiler.
 *
 * Arguments: a file of events (five 32-bit integers each: kind, dollars, category, weekday, day), events in a batch, then the first day and
 * the day after the last of each campaign. For each line on standard input one run: every batch is inserted into the one stateless session. Awards are
 * written as rows of event, rule and points; their sums by rule are the answer. Events become objects before the first run.
 */
public final class Stateless {
    private static final int PURCHASE = 0, DINING = 3, SATURDAY = 5;

    public static final class Event {
        private final int number, kind, dollars, category, weekday, day;

        Event(int number, IntBuffer from) {
            this.number = number;
            kind = from.get();
            dollars = from.get();
            category = from.get();
            weekday = from.get();
            day = from.get();
        }

        public int getKind() {
            return kind;
        }
    }

    private static int rows;
    private static int[] events, points;
    private static byte[] rules;

    private static void award(Event event, int rule, int given) {
        events[rows] = event.number;
        rules[rows] = (byte) rule;
        points[rows++] = given;
    }

    private static PatternDef<Event> purchase(Variable<Event> event) {
        return pattern(event).expr("a purchase", each -> each.kind == PURCHASE,
            alphaIndexedBy(int.class, ConstraintType.EQUAL, 0, Event::getKind, PURCHASE));
    }

    private static StatelessKieSession session(int[][] campaigns) {
        Variable<Event> event = declarationOf(Event.class, "event");
        Rule base = rule("base").build(purchase(event), on(event).execute(each -> award(each, 0, each.dollars)));
        Rule dining = rule("dining").build(
            purchase(event).expr("dining", each -> each.category == DINING).expr("weekend", each -> each.weekday >= SATURDAY),
            on(event).execute(each -> award(each, 1, 2 * each.dollars)));
        Rule campaign = rule("campaign").build(
            purchase(event).expr("in a campaign", each -> {
                for (int[] days : campaigns) {
                    if (each.day >= days[0] && each.day < days[1]) return true;
                }
                return false;
            }),
            on(event).execute(each -> award(each, 2, each.dollars)));
        ModelImpl model = new ModelImpl().addRule(base).addRule(dining).addRule(campaign);
        return KieBaseBuilder.createKieBaseFromModel(model).newStatelessKieSession();
    }

    public static void main(String[] arguments) throws Exception {
        IntBuffer from = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[0]))).order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
        int batch = Integer.parseInt(arguments[1]), count = from.limit() / 5;
        int[][] campaigns = new int[(arguments.length - 2) / 2][];
        for (int i = 0; i < campaigns.length; i++) {
            campaigns[i] = new int[] {Integer.parseInt(arguments[2 + 2 * i]), Integer.parseInt(arguments[3 + 2 * i])};
        }
        List<List<Event>> batches = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % batch == 0) batches.add(new ArrayList<>(batch));
            batches.get(i / batch).add(new Event(i, from));
        }
        events = new int[3 * count];
        points = new int[3 * count];
        rules = new byte[3 * count];
        StatelessKieSession session = session(campaigns);
        BufferedReader asked = new BufferedReader(new InputStreamReader(System.in));
        while (asked.readLine() != null) {
            rows = 0;
            for (List<Event> each : batches) session.execute(each);
            long[] sums = new long[3];
            for (int i = 0; i < rows; i++) sums[rules[i]] += points[i];
            System.out.println(sums[0] + " " + sums[1] + " " + sums[2]);
        }
    }
}
