"""What earlier builds wrote is moved to a real broker, where this build's services go on with it."""

import golden
import kafka_services


class KafkaGoldenTest(kafka_services.KafkaServicesTest):
    def test_the_newest_goes_on_on_kafka(self):
        data, answers = golden.unpack(golden.GOLDEN[-1], self.folder / "golden")
        moved = self.command("export", "kafka", "--data-dir", data, "--brokers", self.brokers, "--prefix", self.prefix)
        self.assertEqual(moved.returncode, 0, moved.stderr)
        self.settings = ["--set", f"secret_file={data}/name-secret"]
        at = self.start_all()
        golden.compare(self, answers, at["classification"], at["routing"], at["outreach"])
        golden.send_on(self, answers, at["ingestion"], at["classification"])
        self.stop_all()


if __name__ == "__main__":
    kafka_services.main()
