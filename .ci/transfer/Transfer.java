import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.hive.metastore.api.*;
import org.apache.thrift.TBase;
import org.apache.thrift.TFieldIdEnum;
import org.apache.thrift.TSerializer;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.protocol.TSimpleJSONProtocol;
import org.apache.thrift.transport.TSocket;

/**
 * The judge of import and export: Hive's own generated client fills a metastore, and shows all that one has.
 *   seed URI [PARTITIONS]   one of everything, and a table of so many partitions
 *   read URI THREADS      times the calls with which the table of so many partitions is read by an import
 *   dump URI FILE           all fields of all objects as JSON, sorted; left out is only Table.id
 */
public final class Transfer {
  private static ThriftHiveMetastore.Client client;
  private static boolean four;

  public static void main(String[] args) throws Exception {
    String[] place = args[1].replace("thrift://", "").split(":");
    TSocket socket = new TSocket(new org.apache.thrift.TConfiguration(), place[0], Integer.parseInt(place[1]), 600000);
    socket.open();
    client = new ThriftHiveMetastore.Client(new TBinaryProtocol(socket));
    four = client.getVersion().startsWith("4");
    if (args[0].equals("read")) read(place, Integer.parseInt(args[2]));
    else if (args[0].equals("seed")) seed(args.length > 2 ? Integer.parseInt(args[2]) : 0);
    else dump(args[2]);
    socket.close();
  }

  // ---------------------------------------------------------------------------------------------------- seed
  private static Map<String, String> map(String... pairs) {
    Map<String, String> all = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) all.put(pairs[i], pairs[i + 1]);
    return all;
  }

  private static StorageDescriptor storage(List<FieldSchema> columns, String location) {
    SerDeInfo serde = new SerDeInfo("", "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe", map("serialization.format", "1", "füll", "日本"));
    StorageDescriptor sd = new StorageDescriptor(columns, location, "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat", false, -1, serde, new ArrayList<>(), new ArrayList<>(), map("a", "b"));
    sd.setStoredAsSubDirectories(false);
    return sd;
  }

  private static List<FieldSchema> columns() {
    return new ArrayList<>(Arrays.asList(new FieldSchema("id", "bigint", "the id; `quoted` ünicode"), new FieldSchema("name", "string", null),
        new FieldSchema("price", "decimal(10,2)", ""), new FieldSchema("at", "timestamp", null), new FieldSchema("day", "date", null),
        new FieldSchema("flag", "boolean", null), new FieldSchema("raw", "binary", null), new FieldSchema("ratio", "double", null),
        new FieldSchema("nested", "struct<a:int,b:array<map<string,struct<x:string>>>>", "deep")));
  }

  private static Table table(String catalog, String db, String name, String type, List<FieldSchema> keys, String location) {
    Table table = new Table(name, db, "ann", 1500000000, 1500000001, 7, storage(columns(), location), keys,
        map("comment", "täble", "transient_lastDdlTime", "1500000002", "empty", "", "numRows", "12"), null, null, type);
    if (type.equals("EXTERNAL_TABLE")) table.putToParameters("EXTERNAL", "TRUE");
    table.setCatName(catalog);
    table.setOwnerType(PrincipalType.ROLE);
    return table;
  }

  private static void create(Table table) throws Exception {
    if (!four) {
      client.create_table(table);
      return;
    }
    CreateTableRequest request = new CreateTableRequest(table);
    request.setProcessorCapabilities(Arrays.asList("HIVEFULLACIDWRITE", "HIVEMANAGEDINSERTWRITE", "HIVEFULLACIDREAD"));
    client.create_table_req(request);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<ColumnStatisticsObj> statistics() {
    List<ColumnStatisticsObj> all = new ArrayList<>();
    LongColumnStatsData longs = new LongColumnStatsData(3, 9);
    longs.setLowValue(-5);
    longs.setHighValue(Long.MAX_VALUE);
    all.add(new ColumnStatisticsObj("id", "bigint", ColumnStatisticsData.longStats(longs)));
    all.add(new ColumnStatisticsObj("name", "string", ColumnStatisticsData.stringStats(new StringColumnStatsData(40, 3.25, 1, 77))));
    DecimalColumnStatsData decimals = new DecimalColumnStatsData(0, 4);
    decimals.setLowValue(decimal("-12.34"));
    decimals.setHighValue(decimal("99999.99"));
    all.add(new ColumnStatisticsObj("price", "decimal(10,2)", ColumnStatisticsData.decimalStats(decimals)));
    DateColumnStatsData dates = new DateColumnStatsData(2, 5);
    dates.setLowValue(new Date(-1));
    dates.setHighValue(new Date(19000));
    all.add(new ColumnStatisticsObj("day", "date", ColumnStatisticsData.dateStats(dates)));
    all.add(new ColumnStatisticsObj("flag", "boolean", ColumnStatisticsData.booleanStats(new BooleanColumnStatsData(1, 2, 3))));
    all.add(new ColumnStatisticsObj("raw", "binary", ColumnStatisticsData.binaryStats(new BinaryColumnStatsData(9, 4.5, 0))));
    DoubleColumnStatsData doubles = new DoubleColumnStatsData(0, 3);
    doubles.setLowValue(-0.5);
    doubles.setHighValue(1e300);
    all.add(new ColumnStatisticsObj("ratio", "double", ColumnStatisticsData.doubleStats(doubles)));
    if (four) {
      TimestampColumnStatsData times = new TimestampColumnStatsData(0, 3);
      times.setLowValue(new Timestamp(1));
      times.setHighValue(new Timestamp(1700000000));
      all.add(new ColumnStatisticsObj("at", "timestamp", ColumnStatisticsData.timestampStats(times)));
    }
    return all;
  }

  private static Decimal decimal(String text) {
    java.math.BigDecimal value = new java.math.BigDecimal(text);
    return new Decimal((short) value.scale(), ByteBuffer.wrap(value.unscaledValue().toByteArray()));
  }

  private static void statisticsOf(String catalog, String db, String table, String partition) throws Exception {
    ColumnStatisticsDesc about = new ColumnStatisticsDesc(partition == null, db, table);
    about.setCatName(catalog);
    about.setPartName(partition);
    about.setLastAnalyzed(1500000100);
    ColumnStatistics all = new ColumnStatistics(about, statistics());
    if (four) all.setEngine("hive");
    if (partition == null) client.update_table_column_statistics(all);
    else client.update_partition_column_statistics(all);
  }

  private static void partitions(String catalog, String db, String name, List<List<String>> values) throws Exception {
    Table table = client.get_table_req(request(catalog, db, name)).getTable();
    List<Partition> all = new ArrayList<>();
    for (List<String> of : values) {
      StorageDescriptor sd = table.getSd().deepCopy();
      sd.setLocation(null);
      Partition partition = new Partition(of, db, name, 0, 1500000003, sd, map("numRows", "3", "numFiles", "1", "totalSize", "10", "ключ", "значение"));
      partition.setCatName(catalog);
      all.add(partition);
    }
    for (int i = 0; i < all.size(); i += 1000) {
      AddPartitionsRequest request = new AddPartitionsRequest(db, name, all.subList(i, Math.min(i + 1000, all.size())), false);
      request.setCatName(catalog);
      request.setNeedResult(false);
      client.add_partitions_req(request);
    }
  }

  private static GetTableRequest request(String catalog, String db, String name) {
    GetTableRequest request = new GetTableRequest(db, name);
    request.setCatName(catalog);
    request.setCapabilities(new ClientCapabilities(Collections.singletonList(ClientCapability.INSERT_ONLY_TABLES)));
    return request;
  }

  private static void seed(int partitions) throws Exception {
    String root = client.get_database("default").getLocationUri();
    String place = root.substring(0, root.lastIndexOf('/')) + "/seeded";
    client.create_catalog(new CreateCatalogRequest(catalog("second", place + "/second")));
    for (String catalog : new String[] {"hive", "second"}) {
      for (String name : new String[] {"sales", "empty_one"}) {
        Database database = new Database(name, "Säles " + catalog, place + "/" + catalog + "/" + name, map("k", "v", "leer", ""));
        database.setCatalogName(catalog);
        database.setOwnerName("bob");
        database.setOwnerType(PrincipalType.USER);
        client.create_database(database);
      }
      seedTables(catalog, place + "/" + catalog + "/t");
    }
    seedConstraints();
    seedRights();
    for (int i = 0; i < 3; i++) {
      Function function = new Function("fn" + i, "sales", "com.example.Fn" + i, "ann", PrincipalType.USER, 0, FunctionType.JAVA,
          Arrays.asList(new ResourceUri(ResourceType.JAR, "s3://b/ü" + i + ".jar"), new ResourceUri(ResourceType.FILE, "f")));
      function.setCatName("hive");
      client.create_function(function);
    }
    if (partitions > 0) {
      create(table("hive", "sales", "many", "EXTERNAL_TABLE", keys(), place + "/hive/t/many"));
      List<List<String>> values = new ArrayList<>();
      for (int i = 0; i < partitions; i++) values.add(Arrays.asList(String.format("d%05d", i / 24), String.valueOf(i % 24)));
      partitions("hive", "sales", "many", values);
    }
  }

  private static Catalog catalog(String name, String location) {
    Catalog catalog = new Catalog(name, location);
    catalog.setDescription("The " + name);
    return catalog;
  }

  private static List<FieldSchema> keys() {
    return new ArrayList<>(Arrays.asList(new FieldSchema("dt", "string", "kéy"), new FieldSchema("hour", "string", null)));
  }

  private static void seedTables(String catalog, String place) throws Exception {
    create(table(catalog, "sales", "plain", "EXTERNAL_TABLE", new ArrayList<>(), place + "/plain"));
    statisticsOf(catalog, "sales", "plain", null);
    create(table(catalog, "sales", "managed", "MANAGED_TABLE", new ArrayList<>(), null));
    Table odd = table(catalog, "sales", "odd", "EXTERNAL_TABLE", new ArrayList<>(), place + "/odd one%20");
    odd.setParameters(map("EXTERNAL", "TRUE"));
    odd.setOwner(null);
    odd.getSd().setBucketCols(Arrays.asList("id", "name"));
    odd.getSd().setNumBuckets(16);
    odd.getSd().setSortCols(Arrays.asList(new Order("id", 1), new Order("name", 0)));
    SkewedInfo skewed = new SkewedInfo(Arrays.asList("name"), Arrays.asList(Arrays.asList("x"), Arrays.asList("ÿ")), new HashMap<>());
    skewed.putToSkewedColValueLocationMaps(Arrays.asList("x"), place + "/odd/x");
    odd.getSd().setSkewedInfo(skewed);
    odd.getSd().getSerdeInfo().setName("a name");
    odd.getSd().setCompressed(true);
    create(odd);
    Table view = table(catalog, "sales", "view_of", "VIRTUAL_VIEW", new ArrayList<>(), null);
    view.setViewOriginalText("select * from plain where name = 'ü\n'");
    view.setViewExpandedText("select `plain`.`id` from `sales`.`plain`");
    create(view);
    create(table(catalog, "sales", "parts", "EXTERNAL_TABLE", keys(), place + "/parts"));
    partitions(catalog, "sales", "parts", Arrays.asList(Arrays.asList("2024-01-01", "00"), Arrays.asList("a b/c=d%:é日", "x'\"\\"),
        Arrays.asList("__HIVE_DEFAULT_PARTITION__", "__HIVE_DEFAULT_PARTITION__"), Arrays.asList("UPPER", "Lower")));
    statisticsOf(catalog, "sales", "parts", "dt=2024-01-01/hour=00");
    statisticsOf(catalog, "sales", "parts", "dt=UPPER/hour=Lower");
    Table of = table(catalog, "sales", "mv", "MATERIALIZED_VIEW", new ArrayList<>(), place + "/mv");
    of.setViewOriginalText("select id from plain");
    of.setViewExpandedText("select id from plain");
    of.setRewriteEnabled(true);
    CreationMetadata creation = new CreationMetadata(catalog, "sales", "mv", new HashSet<>(Arrays.asList("sales.plain")));
    creation.setValidTxnList("5:9223372036854775807::");
    of.setCreationMetadata(creation);
    if (four) {
      SourceTable source = new SourceTable(client.get_table_req(request(catalog, "sales", "plain")).getTable(), 3, 2, 1);
      creation.setSourceTables(Arrays.asList(source));
      creation.setMaterializationTime(1500000000123L);
    }
    if (catalog.equals("hive")) create(of);
    if (four && catalog.equals("hive")) {
      Table acid = table(catalog, "sales", "acid", "MANAGED_TABLE", new ArrayList<>(), null);
      acid.putToParameters("transactional", "true");
      acid.putToParameters("transactional_properties", "insert_only");
      create(acid);
    }
  }

  private static void seedConstraints() throws Exception {
    SQLPrimaryKey key = new SQLPrimaryKey("sales", "plain", "id", 1, "pk_plain", true, false, true);
    key.setCatName("hive");
    SQLPrimaryKey second = new SQLPrimaryKey("sales", "plain", "name", 2, "pk_plain", true, false, true);
    second.setCatName("hive");
    client.add_primary_key(new AddPrimaryKeyRequest(Arrays.asList(key, second)));
    SQLForeignKey foreign = new SQLForeignKey("sales", "plain", "id", "sales", "odd", "id", 1, 0, 0, "fk_odd", "pk_plain", false, false, true);
    foreign.setCatName("hive");
    SQLForeignKey other = new SQLForeignKey("sales", "plain", "name", "sales", "odd", "name", 2, 0, 0, "fk_odd", "pk_plain", false, false, true);
    other.setCatName("hive");
    client.add_foreign_key(new AddForeignKeyRequest(Arrays.asList(foreign, other)));
    client.add_unique_constraint(new AddUniqueConstraintRequest(Arrays.asList(new SQLUniqueConstraint("hive", "sales", "plain", "price", 1, "uk_price", true, true, false))));
    client.add_not_null_constraint(new AddNotNullConstraintRequest(Arrays.asList(new SQLNotNullConstraint("hive", "sales", "plain", "day", "nn_day", true, false, false))));
    client.add_default_constraint(new AddDefaultConstraintRequest(Arrays.asList(new SQLDefaultConstraint("hive", "sales", "plain", "flag", "true", "dc_flag", true, false, false))));
    client.add_check_constraint(new AddCheckConstraintRequest(Arrays.asList(new SQLCheckConstraint("hive", "sales", "plain", "price", "price > 0", "cc_price", true, false, false))));
  }

  private static void seedRights() throws Exception {
    client.create_role(new Role("readers", 0, "admin_user"));
    client.create_role(new Role("nobody_in_it", 0, "x"));
    client.grant_role("readers", "carl", PrincipalType.USER, "admin_user", PrincipalType.USER, true);
    client.grant_role("readers", "nobody_in_it", PrincipalType.ROLE, "admin_user", PrincipalType.USER, false);
    client.grant_role("admin", "root", PrincipalType.USER, "admin", PrincipalType.ROLE, true);
    List<HiveObjectPrivilege> all = new ArrayList<>();
    HiveObjectRef column = new HiveObjectRef(HiveObjectType.COLUMN, "sales", "plain", null, "name");
    HiveObjectRef[] objects = {new HiveObjectRef(HiveObjectType.GLOBAL, null, null, null, null), new HiveObjectRef(HiveObjectType.DATABASE, "sales", null, null, null),
        new HiveObjectRef(HiveObjectType.TABLE, "sales", "parts", null, null), column};
    for (HiveObjectRef object : objects) {
      if (object.getObjectType() != HiveObjectType.GLOBAL) object.setCatName("hive");
      for (String privilege : new String[] {"SELECT", "INSERT"}) {
        PrivilegeGrantInfo info = new PrivilegeGrantInfo(privilege, 0, "grantör", PrincipalType.USER, privilege.equals("SELECT"));
        all.add(new HiveObjectPrivilege(object, "dora", PrincipalType.USER, info, "SQL"));
        all.add(new HiveObjectPrivilege(object, "readers", PrincipalType.ROLE, info, "SQL"));
      }
    }
    client.grant_privileges(new PrivilegeBag(all));
  }

  // ---------------------------------------------------------------------------------------------------- read
  private static void read(String[] place, int threads) throws Exception {
    long begin = System.nanoTime();
    List<String> names = client.get_partition_names("@hive#sales", "many", (short) -1);
    List<String> columns = new ArrayList<>();
    for (FieldSchema column : columns()) columns.add(column.getName());
    java.util.concurrent.atomic.AtomicInteger next = new java.util.concurrent.atomic.AtomicInteger();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(() -> {
        try (TSocket socket = new TSocket(new org.apache.thrift.TConfiguration(), place[0], Integer.parseInt(place[1]), 600000)) {
          socket.open();
          ThriftHiveMetastore.Client mine = new ThriftHiveMetastore.Client(new TBinaryProtocol(socket));
          for (int at = next.getAndAdd(1000); at < names.size(); at = next.getAndAdd(1000)) {
            List<String> some = names.subList(at, Math.min(at + 1000, names.size()));
            mine.get_partitions_by_names("@hive#sales", "many", some);
            for (String engine : new String[] {"hive", "impala"}) {
              PartitionsStatsRequest request = new PartitionsStatsRequest("sales", "many", columns, some);
              request.setCatName("hive");
              request.setEngine(engine);
              mine.get_partitions_statistics_req(request);
            }
          }
        } catch (Exception error) {
          throw new RuntimeException(error);
        }
      });
      thread.start();
      all.add(thread);
    }
    for (Thread thread : all) thread.join();
    System.out.printf("read %d partitions in %.1f s%n", names.size(), (System.nanoTime() - begin) / 1e9);
  }

  // ---------------------------------------------------------------------------------------------------- dump
  private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).enable(SerializationFeature.INDENT_OUTPUT);

  /** A struct as a map of its set fields. */
  private static Object tree(Object value) throws Exception {
    if (value instanceof org.apache.thrift.TUnion) {
      org.apache.thrift.TUnion<?, ?> union = (org.apache.thrift.TUnion<?, ?>) value;
      Map<String, Object> all = new TreeMap<>();
      all.put(union.getSetField().getFieldName(), tree(union.getFieldValue()));
      return all;
    }
    if (value instanceof TBase) {
      Map<String, Object> all = new TreeMap<>();
      Map<?, ?> fields = org.apache.thrift.meta_data.FieldMetaData.getStructMetaDataMap((Class) value.getClass());
      for (Object field : fields.keySet()) {
        TFieldIdEnum id = (TFieldIdEnum) field;
        Object of = ((TBase) value).isSet(id) ? ((TBase) value).getFieldValue(id) : null;
        if (of != null && !(value instanceof Table && id.getFieldName().equals("id"))) all.put(id.getFieldName(), tree(of));
      }
      return all;
    }
    if (value instanceof Map) {
      Map<String, Object> all = new TreeMap<>();
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) all.put(String.valueOf(entry.getKey()), tree(entry.getValue()));
      return all;
    }
    if (value instanceof java.util.Set) {
      List<String> all = new ArrayList<>();
      for (Object of : (java.util.Set<?>) value) all.add(String.valueOf(of));
      Collections.sort(all);
      return all;
    }
    if (value instanceof List) {
      List<Object> all = new ArrayList<>();
      for (Object of : (List<?>) value) all.add(tree(of));
      return all;
    }
    if (value instanceof byte[]) return Base64.getEncoder().encodeToString((byte[]) value);
    if (value instanceof ByteBuffer) {
      byte[] copy = new byte[((ByteBuffer) value).remaining()];
      ((ByteBuffer) value).duplicate().get(copy);
      return Base64.getEncoder().encodeToString(copy);
    }
    if (value instanceof Number || value instanceof Boolean) return value;
    return String.valueOf(value);
  }

  /** In the order of their text, without the times that servers set themselves. */
  private static List<Object> sorted(List<?> all) throws Exception {
    TreeMap<String, Object> out = new TreeMap<>();
    int number = 0;
    for (Object of : all) {
      Object tree = tree(of);
      out.put(JSON.writeValueAsString(tree).replaceAll("\"(create|grant)Time\" : [0-9]+", "") + number++, tree);
    }
    return new ArrayList<>(out.values());
  }

  private static void dump(String file) throws Exception {
    Map<String, Object> all = new TreeMap<>();
    List<String> catalogs = client.get_catalogs().getNames();
    for (String catalog : catalogs) {
      all.put("catalog " + catalog, tree(client.get_catalog(new GetCatalogRequest(catalog)).getCatalog()));
      for (String db : client.get_databases("@" + catalog + "#*")) {
        String text = "@" + catalog + "#" + db;
        all.put("database " + catalog + "." + db, tree(client.get_database(text)));
        all.put("privileges on database " + catalog + "." + db, rights(new HiveObjectRef(HiveObjectType.DATABASE, db, null, null, null), catalog));
        for (String name : client.get_functions(text, "*")) all.put("function " + catalog + "." + db + "." + name, tree(client.get_function(text, name)));
        for (String name : client.get_all_tables(text)) table(all, catalog, db, name);
      }
    }
    all.put("privileges on everything", rights(new HiveObjectRef(HiveObjectType.GLOBAL, null, null, null, null), null));
    List<String> roles = client.get_role_names();
    Collections.sort(roles);
    all.put("roles", roles);
    for (String role : roles) {
      List<RolePrincipalGrant> grants = client.get_principals_in_role(new GetPrincipalsInRoleRequest(role)).getPrincipalGrants();
      all.put("principals in role " + role, sorted(grants));
      for (RolePrincipalGrant grant : grants) {
        if (!role.equals("admin")) {
          List<Role> of = client.list_roles(grant.getPrincipalName(), grant.getPrincipalType());
          // Of the two that are there from the start, the time of creation is the server's own.
          of.removeIf(it -> it.getRoleName().equals("public") || it.getRoleName().equals("admin"));
          all.put("roles of " + grant.getPrincipalName(), sorted(of));
        }
      }
    }
    Files.write(Path.of(file), JSON.writeValueAsString(all).getBytes(StandardCharsets.UTF_8));
  }

  private static List<Object> rights(HiveObjectRef object, String catalog) throws Exception {
    if (catalog != null) object.setCatName(catalog);
    return sorted(client.list_privileges(null, null, object));
  }

  private static void table(Map<String, Object> all, String catalog, String db, String name) throws Exception {
    String at = catalog + "." + db + "." + name, text = "@" + catalog + "#" + db;
    Table table = client.get_table_req(request(catalog, db, name)).getTable();
    all.put("table " + at, tree(table));
    all.put("privileges on table " + at, rights(new HiveObjectRef(HiveObjectType.TABLE, db, name, null, null), catalog));
    List<String> columns = new ArrayList<>();
    for (FieldSchema column : table.getSd().getCols()) {
      columns.add(column.getName());
      List<Object> of = rights(new HiveObjectRef(HiveObjectType.COLUMN, db, name, null, column.getName()), catalog);
      if (!of.isEmpty()) all.put("privileges on column " + at + "." + column.getName(), of);
      try {
        all.put("statistics of " + at + "." + column.getName(), tree(client.get_table_column_statistics(text, name, column.getName())));
      } catch (NoSuchObjectException | org.apache.thrift.TApplicationException none) {
      }
    }
    ForeignKeysRequest foreign = new ForeignKeysRequest(null, null, db, name);
    foreign.setCatName(catalog);
    PrimaryKeysRequest primary = new PrimaryKeysRequest(db, name);
    primary.setCatName(catalog);
    all.put("primary key of " + at, sorted(client.get_primary_keys(primary).getPrimaryKeys()));
    all.put("foreign keys of " + at, sorted(client.get_foreign_keys(foreign).getForeignKeys()));
    all.put("unique constraints of " + at, sorted(client.get_unique_constraints(new UniqueConstraintsRequest(catalog, db, name)).getUniqueConstraints()));
    all.put("not null constraints of " + at, sorted(client.get_not_null_constraints(new NotNullConstraintsRequest(catalog, db, name)).getNotNullConstraints()));
    all.put("default constraints of " + at, sorted(client.get_default_constraints(new DefaultConstraintsRequest(catalog, db, name)).getDefaultConstraints()));
    all.put("check constraints of " + at, sorted(client.get_check_constraints(new CheckConstraintsRequest(catalog, db, name)).getCheckConstraints()));
    if (table.getPartitionKeysSize() == 0) return;
    List<String> names = client.get_partition_names(text, name, (short) -1);
    for (int i = 0; i < names.size(); i += 1000) {
      List<String> some = names.subList(i, Math.min(i + 1000, names.size()));
      for (Partition partition : client.get_partitions_by_names(text, name, some)) all.put("partition " + at + partition.getValues(), tree(partition));
      PartitionsStatsRequest request = new PartitionsStatsRequest(db, name, columns, some);
      request.setCatName(catalog);
      if (four) request.setEngine("hive");
      for (Map.Entry<String, List<ColumnStatisticsObj>> entry : client.get_partitions_statistics_req(request).getPartStats().entrySet())
      {
        all.put("statistics of " + at + "/" + entry.getKey(), sorted(entry.getValue()));
        for (ColumnStatisticsObj of : entry.getValue()) {
          if (names.size() < 100) all.put("statistics of " + at + "/" + entry.getKey() + "." + of.getColName(),
              tree(client.get_partition_column_statistics(text, name, entry.getKey(), of.getColName()).getStatsDesc()));
        }
      }
    }
  }
}
